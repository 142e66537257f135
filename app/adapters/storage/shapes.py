"""The shapes of domain values inside a JSON payload, and the way there and back.

They are our file format: a field may be added with a default, but never gets another meaning. What equals its default
is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct, structs

from app.adapters.storage.columns import ip_text
from app.domain.address import Endpoint, IPAddress, PeerAddress
from app.domain.ban import DownloaderRef
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.reason import Param, Text
from app.domain.torrent import Torrent
from app.domain.verdict import NO_DATA, Action, Mode, Verdict

T = TypeVar("T")


class TextShape(Struct, omit_defaults=True, gc=False):
    """A text before translation; `Text` itself is written like this."""

    id: str
    params: dict[str, bool | int | float | str | TextShape | None] = {}
    """None is a number that JSON has none for: infinite, or none at all."""


class VerdictShape(Struct, Generic[T], omit_defaults=True):
    """One rule's answer; its texts are `Text` on the way in and `TextShape` on the way out."""

    rule: str
    reason: T
    action: Action = Action.NO_ACTION
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    title: T | None = None
    saw: T | None = None
    allows: T | None = None
    margin: float | str | None = None
    """A text for what JSON has no number for, such as `inf`."""
    data: dict[str, Any] = {}


class TorrentShape(Struct, omit_defaults=True):
    """A torrent, field by field."""

    id: str
    hash: str
    name: str
    size: int = 0
    completed_size: int = -1
    progress: float = 0.0
    upload_rate: int = 0
    download_rate: int = 0
    uploaded: int = 0
    private: bool = False
    category: str = ""
    tags: tuple[str, ...] = ()
    tracker: str = ""


class PeerShape(Struct, omit_defaults=True):
    """A peer with its address."""

    raw: tuple[str, int]
    """Address and port, as those below."""
    effective: tuple[str, int] | None = None
    """None when it is `raw`."""
    nat_translated: bool = False
    teredo_translated: bool = False
    peer_id: str | None = None
    client_name: str | None = None
    progress: float = 0.0
    uploaded: int = -1
    downloaded: int = -1
    upload_rate: int = 0
    download_rate: int = 0
    flags: int | None = None
    """The bits of PeerFlags, which only ever get more."""
    handshaking: bool = False
    country: str = ""


class DownloaderShape(Struct, omit_defaults=True):
    """A downloader's names."""

    id: str
    name: str
    kind: str


def from_verdict(verdict: Verdict) -> VerdictShape[Text]:
    """An answer as it is stored."""
    margin: float | str | None = verdict.margin
    if verdict.margin is not None and not math.isfinite(verdict.margin):
        margin = str(verdict.margin)
    return VerdictShape(
        rule=verdict.rule,
        reason=verdict.reason,
        action=verdict.action,
        mode=verdict.mode,
        duration=verdict.duration,
        title=verdict.title,
        saw=verdict.saw,
        allows=verdict.allows,
        margin=margin,
        # Not `dict(data)`: that asks for each value by its name, and some facts are put together for each question.
        data=dict(verdict.data.items()),
    )


def to_verdict(row: VerdictShape[TextShape]) -> Verdict:
    """The answer that was stored; raises ValueError."""
    return Verdict(
        rule=row.rule,
        action=row.action,
        mode=row.mode,
        duration=row.duration,
        title=None if row.title is None else to_text(row.title),
        reason=to_text(row.reason),
        saw=None if row.saw is None else to_text(row.saw),
        allows=None if row.allows is None else to_text(row.allows),
        margin=None if row.margin is None else float(row.margin),
        data=row.data or NO_DATA,
    )


def from_torrent(torrent: Torrent) -> TorrentShape:
    """A torrent as it is stored."""
    return TorrentShape(
        id=torrent.id,
        hash=torrent.hash,
        name=torrent.name,
        size=torrent.size,
        completed_size=torrent.completed_size,
        progress=torrent.progress,
        upload_rate=torrent.upload_rate,
        download_rate=torrent.download_rate,
        uploaded=torrent.uploaded,
        private=torrent.private,
        category=torrent.category,
        tags=torrent.tags,
        tracker=torrent.tracker,
    )


def to_torrent(row: TorrentShape) -> Torrent:
    """The torrent that was stored."""
    return Torrent(**structs.asdict(row))


def from_downloader(ref: DownloaderRef) -> DownloaderShape:
    """A downloader's names as they are stored."""
    return DownloaderShape(ref.id, ref.name, ref.kind)


def to_downloader(row: DownloaderShape) -> DownloaderRef:
    """The downloader that was stored."""
    return DownloaderRef(id=row.id, name=row.name, kind=row.kind)


def from_peer(peer: Peer) -> PeerShape:
    """A peer as it is stored."""
    address = peer.address
    same = address.effective is address.raw or address.effective == address.raw
    return PeerShape(
        raw=_from_endpoint(address.raw),
        effective=None if same else _from_endpoint(address.effective),
        nat_translated=address.nat_translated,
        teredo_translated=address.teredo_translated,
        peer_id=peer.peer_id,
        client_name=peer.client_name,
        progress=peer.progress,
        uploaded=peer.uploaded,
        downloaded=peer.downloaded,
        upload_rate=peer.upload_rate,
        download_rate=peer.download_rate,
        flags=None if peer.flags is None else peer.flags.value,
        handshaking=peer.handshaking,
        country=peer.country,
    )


def to_peer(row: PeerShape, address_of: Callable[[str], IPAddress]) -> Peer:
    """The peer that was stored; raises ValueError, as `address_of` may, which reads addresses."""
    raw = Endpoint(address_of(row.raw[0]), row.raw[1])
    effective = raw
    if row.effective is not None:
        effective = Endpoint(address_of(row.effective[0]), row.effective[1])
    return Peer(
        address=PeerAddress(
            raw=raw,
            effective=effective,
            nat_translated=row.nat_translated,
            teredo_translated=row.teredo_translated,
        ),
        peer_id=row.peer_id,
        client_name=row.client_name,
        progress=row.progress,
        uploaded=row.uploaded,
        downloaded=row.downloaded,
        upload_rate=row.upload_rate,
        download_rate=row.download_rate,
        flags=None if row.flags is None else PeerFlags(row.flags),
        handshaking=row.handshaking,
        country=row.country,
    )


def _from_endpoint(endpoint: Endpoint) -> tuple[str, int]:
    return ip_text(endpoint.ip), endpoint.port


def to_text(row: TextShape) -> Text:
    """The text that was written so."""
    if not row.params:
        return Text(row.id)
    return Text(row.id, {name: _to_param(value) for name, value in row.params.items()})


def _to_param(value: float | str | TextShape | None) -> Param:
    if isinstance(value, TextShape):
        return to_text(value)
    return math.nan if value is None else value
