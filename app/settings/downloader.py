"""One downloader's settings: one loader for config.yml (kebab case) and REST JSON (camel case)."""

# ruff: noqa: RUF009 - `setting` and `section` make fields, as `dataclasses.field` does

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.reason import Text
from app.settings.area import Reader, camel, check, kebab, section, setting, values
from app.settings.change import REMOVE
from app.settings.downloader_kind import (
    DOWNLOADER_KINDS,
    QBITTORRENT,
    DownloaderKind,
    kind_named,
)
from app.settings.errors import HIDDEN, InvalidSetting, KeyPath, Problem, refuse
from app.settings.kind import (
    Fingerprint,
    Flag,
    Line,
    Milliseconds,
    ProxyUrl,
    SecretLine,
    Url,
    UrlPath,
)
from app.settings.secret import Secret

SECTION: Final = "client"
"""Of config.yml: downloaders by id."""

_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """For a reverse proxy in front of the downloader; unused while `user` is empty."""

    user: str = setting(Line(), "")
    password: Secret = setting(SecretLine(), Secret(), key="pass")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloaderSettings:
    """How to reach one downloader and what to do there; its kind says which of the fields have a meaning."""

    id: str
    type: str = setting(Line(empty=False), QBITTORRENT)
    name: str = setting(Line(), "")
    """Shown to the user, unique; the id when it is empty."""
    endpoint: str = setting(Url("http://127.0.0.1:8080", schemes=("http", "https", "scgi")))
    """Where it is controlled, without a slash at the end: root of its WebUI, URL of its RPC, or `scgi:///socket`."""
    username: str = setting(Line(), "")
    password: Secret = setting(SecretLine(), Secret())
    api_key: Secret = setting(SecretLine(), Secret())
    """Instead of user name and password, from qBittorrent 5.2 on."""
    token: Secret = setting(SecretLine(), Secret())
    """Of BiglyBT's plugin and of aria2."""
    rpc_url: str = setting(UrlPath(), "")
    """Path below `endpoint`."""
    basic_auth: BasicAuth = section(BasicAuth)
    increment_ban: bool = setting(Flag(), default=False)
    """Whether new bans are sent one by one instead of with the whole list."""
    use_shadow_ban: bool = setting(Flag(), default=False)
    """Whether qBittorrent Enhanced Edition keeps banned peers connected and gives them nothing."""
    allow_plugin: bool = setting(Flag(), default=False)
    """Ours: whether our plugin may be installed there."""
    replace_blocklist: bool = setting(Flag(), default=False)
    """Ours: whether a list of the user's makes way while there are bans, where there is room for one only."""
    verify_ssl: bool = setting(Flag(), default=True)
    trusted_certificate: str = setting(Fingerprint(), "")
    """Ours: SHA-256 of the one certificate that is trusted whoever signed it, as hex digits."""
    proxy: str = setting(ProxyUrl(), "")
    """Ours: through which it is reached; empty for directly."""
    ignore_private: bool = setting(Flag(), default=False)
    """Whether peers of private torrents are left alone."""
    paused: bool = setting(Flag(), default=False)
    sweep_deadline: int = setting(Milliseconds(1_000), _MINUTE)
    """Milliseconds after which a sweep that is not through has failed."""

    def __post_init__(self) -> None:
        check(self)
        object.__setattr__(self, "name", self.name.strip() or self.id)
        schemes = self.kind.schemes
        if self.endpoint.partition(":")[0] not in schemes:
            allowed = Text("allowed-url", {"example": self.kind.endpoint})
            raise InvalidSetting(Problem(path=("endpoint",), value=self.endpoint, allowed=allowed))

    @property
    def kind(self) -> DownloaderKind:
        """What `type` means."""
        return DOWNLOADER_KINDS[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedDownloader:
    """An entry of a kind that we do not know; it stays in the file as it is."""

    id: str
    type: str
    name: str


def read_downloader(
    id: str,  # noqa: A002 - the word of file and API
    raw: object,
    *,
    json: bool = False,
    keep: DownloaderSettings | None = None,
) -> DownloaderSettings | UnsupportedDownloader:
    """One entry below `client` of config.yml, or the `config` object of a REST request (`json`).

    Secrets that a request lacks, or sends back as the `…` that stood in an answer, are taken from
    `keep`. Raises InvalidSetting with paths relative to the entry.
    """
    reader = Reader(camel if json else kebab)
    entry = reader.mapping(raw, ())
    if keep is not None:
        entry = _with_secrets(reader, entry, keep, camel if json else kebab)
    found = add_downloader(reader, id, entry, ())
    if found is None:
        raise InvalidSetting(*reader.problems)
    return found


def add_downloader(
    reader: Reader,
    id: str,  # noqa: A002 - the word of the file
    raw: object,
    path: KeyPath,
) -> DownloaderSettings | UnsupportedDownloader | None:
    """The entry `raw` at `path`; None when `reader` noted a problem."""
    entry = reader.mapping(raw, path)
    if raw is not None and not isinstance(raw, Mapping):
        return None
    word = str(entry.get("type") or "").strip().lower()
    if not word:
        allowed = Text("allowed-choice", {"choices": ", ".join(DOWNLOADER_KINDS)})
        reader.add(refuse(None, allowed, "type"), path)
        return None
    kind = kind_named(word)
    if kind is None:
        return UnsupportedDownloader(id=id, type=word, name=str(entry.get("name") or id))
    # What this kind does not have means nothing, and would be gone after a restart.
    own = {key: entry.get(key) for key in map(reader.spell, kind.fields)}
    usual = {reader.spell(name): value for name, value in kind.defaults.items()}
    usual |= {key: value for key, value in own.items() if value is not None}
    return reader.area(DownloaderSettings, usual, path, id=id, type=kind.key)


def downloader_changes(
    settings: DownloaderSettings, old: DownloaderSettings | None = None
) -> dict[tuple[str, ...], object]:
    """What to write to config.yml so that it holds `settings`, new or edited.

    What only the kind of the `old` ones has leaves the file: a forgotten token has no business there.
    """
    own = {kebab(name) for name in settings.kind.fields}
    found = values(settings).items()
    changes = {(SECTION, settings.id, *keys): value for keys, value in found if keys[0] in own}
    left = set() if old is None else old.kind.fields - settings.kind.fields
    return changes | {(SECTION, settings.id, kebab(name)): REMOVE for name in sorted(left)}


def _with_secrets(
    reader: Reader,
    entry: Mapping[str, object],
    keep: DownloaderSettings,
    spell: Callable[[str], str],
) -> Mapping[str, object]:
    """`entry` with the secrets of `keep` where it says nothing of them."""
    api_key, proxy_key = spell("api_key"), spell("basic_auth")
    proxy = reader.mapping(entry.get(proxy_key), (proxy_key,))
    own = {"password": keep.password, api_key: keep.api_key, "token": keep.token}
    return {
        **_kept(entry, own),
        proxy_key: _kept(proxy, {"pass": keep.basic_auth.password}),
    }


def _kept(entry: Mapping[str, object], secrets: Mapping[str, Secret]) -> dict[str, object]:
    missing = {key: old for key, old in secrets.items() if entry.get(key) in (None, HIDDEN)}
    return {**entry, **missing}
