"""Keeps, over months, what each address gave and took on each torrent (reference/rules.md 3.15)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol, TypeAlias

from msgspec import Struct, field

from app.domain.address import IPAddress
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.services.errors import StorageError
from app.services.events import JudgedPeer, PeerKey
from app.services.meter import Meter, Reading
from app.services.peer_feed import begun, is_due
from app.services.slices import Slices
from app.settings.modules import PeerRecording as Area

STALE: Final = 3 * 3_600_000
"""Milliseconds after which an idle peer that is still there is written again; each flush would be gigabytes a year."""
AT_ONCE: Final = 4_000
"""Rows in one transaction, so that bans need not wait long for theirs; each one writes whole pages."""
_MANY_GONE: Final = 5_000
"""Records of peers gone that are not kept waiting for the next flush."""
_MOST: Final = 200_000
"""Records kept while the database refuses them."""

RecordKey: TypeAlias = tuple[str, str, IPAddress]
"""Downloader, info hash, address: nothing that changes while a peer stays (D-18)."""


class PeerReport(Struct, frozen=True, kw_only=True, gc=False):
    """What is new about one record."""

    downloader: str
    torrent: Torrent
    peer: Peer
    """As last seen; its address is the record's."""
    uploaded: Reading
    downloaded: Reading
    first_seen: int
    """Epoch milliseconds, as `last_seen`."""
    last_seen: int


class PeerRecord(Struct, frozen=True, kw_only=True, gc=False):
    """One address on one torrent at one downloader, over all its visits."""

    id: int
    address: IPAddress
    port: int
    info_hash: str
    torrent: str
    """Its name."""
    downloader: str
    peer_id: str | None
    """The first eight characters."""
    client_name: str | None
    uploaded: int
    downloaded: int
    upload_rate: int
    download_rate: int
    flags: str
    first_seen: int
    last_seen: int


class PeerRecordStore(Protocol):
    """Where the records are; raises only StorageError."""

    async def write(self, reports: Sequence[PeerReport]) -> None:
        """Bring records up to date; one that was seen later already stays as it is."""

    async def forget(self, *, before: int) -> int:
        """Delete those not seen since `before` (epoch ms) in small batches; returns how many."""

    async def of_address(
        self, address: IPAddress, *, offset: int, limit: int
    ) -> tuple[int, Sequence[PeerRecord]]:
        """Number of records of an address, and a page of them, last seen first."""


class _Record(Struct, gc=False):
    torrent: Torrent
    peer: Peer
    first_seen: int
    last_seen: int
    uploaded: Meter = field(default_factory=Meter)
    downloaded: Meter = field(default_factory=Meter)
    connections: int = 0
    met: bool = False
    written_at: int = 0
    """0 when something is new."""


class _Connection(Struct, gc=False):
    record: _Record
    uploaded: int
    downloaded: int


class PeerRecording:
    """Implements `Recorder`."""

    def __init__(self, store: PeerRecordStore, area: Callable[[], Area]) -> None:
        self._store, self._area = store, area
        self._records: dict[RecordKey, _Record] = {}
        self._connections: dict[PeerKey, _Connection] = {}
        self._swept: dict[str, int] = {}
        self._gone = 0
        self._flushed_at = self._tidied_at = 0
        self.on = False

    def saw(self, at: int, judged: JudgedPeer) -> None:
        """See `Recorder`. A peer that has not even said its name is no peer yet (Y5)."""
        peer, key = judged.peer, judged.key
        known = self._connections.get(key)
        uploaded, downloaded = max(0, peer.uploaded), max(0, peer.downloaded)
        if known is None:
            if peer.handshaking and not _named(peer):
                return
            record = self._join(at, judged, uploaded, downloaded)
            self._connections[key] = _Connection(record, uploaded, downloaded)
            return
        record, old = known.record, known.record.peer
        if (uploaded, downloaded) != (known.uploaded, known.downloaded):
            record.uploaded.report(known.uploaded, uploaded)
            record.downloaded.report(known.downloaded, downloaded)
            known.uploaded, known.downloaded = uploaded, downloaded
            record.written_at = 0
        elif (old.client_name, old.peer_id) != (peer.client_name, peer.peer_id):
            record.written_at = 0
        record.peer, record.torrent, record.last_seen = peer, judged.torrent, at

    def lost(self, key: PeerKey) -> None:
        """See `Recorder`."""
        connection = self._connections.pop(key, None)
        if connection is None:
            return
        record = connection.record
        record.connections -= 1
        record.uploaded.leave(connection.uploaded, others=record.connections)
        record.downloaded.leave(connection.downloaded, others=record.connections)
        record.last_seen = max(record.last_seen, self._swept.get(key.downloader, 0))
        record.written_at = 0
        self._gone += not record.connections

    def swept(self, downloader: str, at: int) -> None:
        """See `Recorder`."""
        self._swept[downloader] = at

    def live(self, downloader: str) -> Collection[PeerKey]:
        """See `Recorder`."""
        return [key for key in self._connections if key.downloader == downloader]

    async def attend(self, now: int) -> None:
        """See `Recorder`."""
        area = self._area()
        if not area.enabled:
            if self.on:
                await self.flush()
                self._forget()
            return
        if not self.on:
            self.on, self._tidied_at = True, 0
            self._flushed_at = begun(now, area.data_flush_interval)
        if is_due(self._flushed_at, now, area.data_flush_interval) or self._gone > _MANY_GONE:
            self._flushed_at = now
            await self._write(STALE)
        keep = area.data_retention_time
        if keep > 0 and is_due(self._tidied_at, now, area.data_cleanup_interval):
            await self._store.forget(before=now - keep)
            self._tidied_at = now

    async def flush(self) -> None:
        """See `Recorder`."""
        await self._write(0)

    def _join(self, at: int, judged: JudgedPeer, uploaded: int, downloaded: int) -> _Record:
        key = (judged.key.downloader, judged.torrent.hash, judged.peer.address.ip)
        record = self._records.get(key)
        if record is None:
            record = self._records[key] = _Record(judged.torrent, judged.peer, at, at)
        others, first = record.connections, not record.met
        record.uploaded.join(uploaded, others=others, first=first)
        record.downloaded.join(downloaded, others=others, first=first)
        self._gone -= record.met and not others
        record.connections, record.met = others + 1, True
        record.peer, record.torrent, record.last_seen = judged.peer, judged.torrent, at
        record.written_at = 0
        return record

    async def _write(self, stale: int) -> None:
        """Write what is new, and idle peers whose record is older than `stale` milliseconds."""
        due = await self._due(stale)
        for start in range(0, len(due), AT_ONCE):
            some = due[start : start + AT_ONCE]
            try:
                await self._store.write([report for _, report in some])
            except StorageError:
                for key, _ in due[start:]:
                    self._records[key].written_at = 0
                self._make_room()
                raise
            slices = Slices()
            for key, report in some:
                if slices.due():
                    await slices.rest()
                record = self._records[key]
                record.uploaded.settle(report.uploaded)
                record.downloaded.settle(report.downloaded)
                if not record.connections and record.written_at:
                    del self._records[key]
                    self._gone -= 1

    async def _due(self, stale: int) -> list[tuple[RecordKey, PeerReport]]:
        slices, due = Slices(), []
        for key, record in list(self._records.items()):
            if slices.due():
                await slices.rest()
            if record.connections:
                record.last_seen = max(record.last_seen, self._swept.get(key[0], 0))
            if not record.written_at or record.last_seen - record.written_at >= stale:
                record.written_at = max(1, record.last_seen)
                due.append((key, _report(key, record)))
        return due

    def _make_room(self) -> None:
        if len(self._records) > _MOST:
            self._records = {k: r for k, r in self._records.items() if r.connections}
            self._gone = 0

    def _forget(self) -> None:
        self._records.clear()
        self._connections.clear()
        self._gone, self.on = 0, False


def _named(peer: Peer) -> bool:
    return bool((peer.client_name or "").strip() or (peer.peer_id or "").strip())


def _report(key: RecordKey, record: _Record) -> PeerReport:
    return PeerReport(
        downloader=key[0],
        torrent=record.torrent,
        peer=record.peer,
        uploaded=record.uploaded.read(),
        downloaded=record.downloaded.read(),
        first_seen=record.first_seen,
        last_seen=record.last_seen,
    )
