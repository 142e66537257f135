"""Turns Transmission's torrents and peers into ours; what did not change stays the same object."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.announce import host_of
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.estimates import Estimates
from app.adapters.downloaders.listing import Listing
from app.adapters.downloaders.transmission.wire import ROW_FIELDS, Details, PeerWire, Row
from app.domain.address import Translation
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent
from app.services.errors import ProtocolMismatch

_REFRESH_EVERY: Final = 60.0
"""Seconds after which names, labels and trackers are asked for again."""
_NONE: Final[dict[bytes, Peer | None]] = {}

_read_row = msgspec.json.Decoder(Row, strict=False).decode
_read_peer = msgspec.json.Decoder(PeerWire, strict=False).decode
_read_names = msgspec.json.Decoder(tuple[str, ...]).decode


class Torrents:
    """All torrents of one daemon as last reported."""

    def __init__(self, translation: Translation, *, ignore_private: bool) -> None:
        self._translation, self._ignore_private = translation, ignore_private
        self._details: dict[int, Details] = {}
        self._refreshed = 0.0
        self._listing = Listing()
        self._estimates = Estimates()
        self._known: dict[int, dict[bytes, Peer | None]] = {}
        """By torrent, what came over the wire for each peer and what we made of it."""
        self.connected: list[int] = []
        """Ids of those with peers."""

    def forget(self) -> None:
        """The daemon was restarted: its ids mean others now."""
        self._details.clear()
        self._known.clear()

    async def read(self, rows: Sequence[Raw], effort: Effort) -> list[Row]:
        """The rows of a table; raises ProtocolMismatch when it is another one than was asked for."""
        try:
            if not rows or _read_names(rows[0]) != ROW_FIELDS:
                raise ProtocolMismatch(Text("answer-unexpected", {"reason": "table"}))
            found = []
            for raw in rows[1:]:
                if effort.due():
                    await effort.rest()
                found.append(_read_row(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _unexpected(error) from error
        return found

    def unknown(self, rows: Iterable[Row]) -> list[int] | None:
        """Ids of those that details are wanted of; None for all."""
        if time.monotonic() - self._refreshed >= _REFRESH_EVERY:
            return None
        return [row.id for row in rows if row.id not in self._details]

    def learn(self, details: Iterable[Details], *, everything: bool) -> None:
        """Take over details, of all torrents or of some."""
        if everything:
            self._details, self._refreshed = {}, time.monotonic()
        self._details.update((each.id, each) for each in details)

    async def take(
        self, rows: Sequence[Row], effort: Effort, *, counted: bool
    ) -> tuple[TorrentPeers, ...]:
        """Take over a whole answer; without `counted` the bytes of peers are estimated."""
        now = time.monotonic()
        before, self._known = self._known, {}
        self.connected = [row.id for row in rows if row.peers]

        def found() -> Iterator[tuple[Torrent, Iterator[Peer]]]:
            for row in rows:
                details = self._details.get(row.id)
                if details is None:  # added since the table was written
                    continue
                torrent = _torrent(row, details)
                peers = self._peers(row, before.get(row.id, _NONE))
                if not counted:
                    peers = self._estimated(torrent.id, peers, now)
                yield torrent, peers

        taken = await self._listing.take(found(), effort, ignore_private=self._ignore_private)
        self._estimates.tidy(now)
        return taken

    def _peers(self, row: Row, before: dict[bytes, Peer | None]) -> Iterator[Peer]:
        known = self._known[row.id] = {}
        for raw in row.peers:
            wire = bytes(raw)
            # To find the very same text takes a tenth of reading it.
            peer = before[wire] if wire in before else _peer(wire, self._translation)
            known[wire] = peer
            if peer is not None:
                yield peer

    def _estimated(self, torrent_id: str, peers: Iterable[Peer], now: float) -> Iterator[Peer]:
        for peer in peers:
            uploaded, downloaded = self._estimates.add(
                (torrent_id, peer.address.raw),
                now,
                upload_rate=peer.upload_rate,
                download_rate=peer.download_rate,
            )
            yield replace(peer, uploaded=uploaded, downloaded=downloaded, estimated=True)


def _torrent(row: Row, details: Details) -> Torrent:
    # Known by its hash: ids are given anew when the daemon starts.
    return Torrent(
        id=details.hash_string,
        hash=details.hash_string,
        name=details.name or "",
        size=details.total_size,
        completed_size=row.valid,
        progress=row.progress,
        upload_rate=row.upload_rate,
        download_rate=row.download_rate,
        uploaded=row.uploaded,
        private=details.is_private,
        tags=tuple(details.labels),
        tracker=host_of(details.trackers[0].announce) if details.trackers else "",
    )


def _peer(text: bytes, translation: Translation) -> Peer | None:
    """None for one whose address nobody can read."""
    wire = _wire_of(text)
    address = read_address(wire.address, wire.port, translation)
    if address is None:
        return None
    peer_id = _peer_id(wire.peer_id)
    return Peer(
        address=address,
        peer_id=peer_id,
        client_name=wire.client_name or None,
        progress=wire.progress,
        uploaded=wire.uploaded,
        downloaded=wire.downloaded,
        upload_rate=wire.upload_rate,
        download_rate=wire.download_rate,
        flags=parse_flags(wire.flags or ""),
        # It shows peers only once their handshake is through.
        handshaking=not peer_id and not wire.client_name,
    )


def _wire_of(text: bytes) -> PeerWire:
    try:
        return _read_peer(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unexpected(error) from error


def _unexpected(error: Exception) -> ProtocolMismatch:
    reason = str(error) if isinstance(error, msgspec.ValidationError) else type(error).__name__
    return ProtocolMismatch(Text("answer-unexpected", {"reason": reason}))


def _peer_id(text: str | None) -> str | None:
    try:
        return base64.b64decode(text or "", validate=True).decode("latin-1") or None
    except (binascii.Error, ValueError):
        return None
