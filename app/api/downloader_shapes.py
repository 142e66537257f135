"""Downloaders as clients see them (reference/webapi.md 3.7)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.domain.capabilities import Capabilities
from app.locale import _
from app.locale.texts import say
from app.services.discovery import Discovered
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import UntrustedCertificate
from app.services.shortcomings import shortcomings
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DownloaderKind


class DownloaderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One downloader of the list; the kind in lower case."""

    id: str
    name: str
    endpoint: str
    type: str
    paused: bool


class BasicAuth(msgspec.Struct, frozen=True, kw_only=True):
    """For a reverse proxy in front of the downloader."""

    user: str
    password: str = msgspec.field(name="pass")


class DownloaderConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Settings as a client edits them, those that the kind has.

    `…` stands for a secret, and sent back it means: as before. The members after `paused` are ours.
    """

    type: str
    name: str
    endpoint: str
    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    api_key: str | UnsetType = UNSET
    basic_auth: BasicAuth | UnsetType = UNSET
    token: str | UnsetType = UNSET
    rpc_url: str | UnsetType = UNSET
    increment_ban: bool | UnsetType = UNSET
    use_shadow_ban: bool | UnsetType = UNSET
    verify_ssl: bool | UnsetType = UNSET
    ignore_private: bool
    paused: bool
    allow_plugin: bool | UnsetType = UNSET
    replace_blocklist: bool | UnsetType = UNSET
    trusted_certificate: str | UnsetType = UNSET
    proxy: str | UnsetType = UNSET
    sweep_deadline: int
    """Milliseconds."""


class DownloaderStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How one downloader does; the members after `paused` are ours."""

    last_status: str
    last_status_message: str
    active_torrents: int
    active_peers: int
    config: DownloaderConfig
    paused: bool
    product: str
    version: str
    """Both empty while it did not answer."""
    capabilities: Capabilities | None
    shortcomings: list[str]
    """Sentences: what it cannot do."""
    advice: str | None
    """One sentence: what works less well than it could, and what to do."""
    certificate: str | None
    """SHA-256 of the certificate that it shows and that is not trusted."""
    swept_at: int | None
    retry_at: int | None
    bans_confirmed: int
    bans_possible: int


class DiscoveredDownloader(msgspec.Struct, frozen=True, kw_only=True):
    """One that was found on this machine; `endpoint` is ours."""

    host: str
    port: int
    type: str
    pid: int
    added: Literal["NEW", "ADDED"]
    endpoint: str
    """What its settings shall have."""


def line_of(settings: DownloaderSettings) -> DownloaderLine:
    """A line of the list."""
    return DownloaderLine(
        id=settings.id,
        name=settings.name,
        endpoint=settings.endpoint,
        type=_word(settings.kind),
        paused=settings.paused,
    )


def status_of(state: DownloaderState, *, torrents: int) -> DownloaderStatus:
    """How it does, with `torrents` that have peers."""
    connection, problem = state.connection, state.problem
    advice = None if connection is None else connection.advice
    return DownloaderStatus(
        last_status=state.status.value,
        last_status_message=_words(state),
        active_torrents=torrents,
        active_peers=state.peers,
        config=config_of(state.settings),
        paused=state.settings.paused,
        product="" if connection is None else connection.product,
        version=state.version,
        capabilities=None if connection is None else connection.capabilities,
        shortcomings=[]
        if connection is None
        else [say(text) for text in shortcomings(connection.capabilities)],
        advice=None if advice is None else say(advice),
        certificate=problem.fingerprint if isinstance(problem, UntrustedCertificate) else None,
        swept_at=state.swept_at,
        retry_at=state.retry_at,
        bans_confirmed=state.bans_confirmed,
        bans_possible=state.bans_possible,
    )


def config_of(settings: DownloaderSettings) -> DownloaderConfig:
    """Its settings, secrets masked."""
    proxy = settings.basic_auth
    found: dict[str, Any] = {name: getattr(settings, name) for name in settings.kind.fields}
    for name in {"password", "api_key", "token"} & settings.kind.fields:
        found[name] = str(found[name])
    if "basic_auth" in found:
        proxy = settings.basic_auth
        found["basic_auth"] = BasicAuth(user=proxy.user, password=str(proxy.password))
    return DownloaderConfig(**found)


def discovered(it: Discovered) -> DiscoveredDownloader:
    """One that a scan found."""
    found = it.found
    return DiscoveredDownloader(
        host=found.host,
        port=found.port,
        type=_word(found.kind),
        pid=found.pid,
        added="ADDED" if it.added else "NEW",
        endpoint=found.endpoint,
    )


def _word(kind: DownloaderKind) -> str:
    """As PBH names kinds everywhere but in settings."""
    return kind.name.lower()


def _words(state: DownloaderState) -> str:
    match state.status:
        case Status.HEALTHY:
            return _("OK")
        case Status.PAUSED:
            return _("Paused")
        case Status.UNKNOWN:
            return _("Not connected yet")
        case _:
            return "" if state.problem is None else say(state.problem.text)
