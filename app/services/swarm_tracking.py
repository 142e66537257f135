"""Keeps the peers of this run with what they gave and took, for the BTN network (reference/rules.md 3.17)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol

from msgspec import Struct, field

from app.domain.address import IPAddress
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.services.errors import StorageError
from app.services.events import JudgedPeer, PeerKey
from app.services.meter import Meter, Reading
from app.services.peer_feed import begun, is_due
from app.services.slices import Slices
from app.settings.modules import SwarmTracking as Area

AT_ONCE: Final = 4_000
"""Rows in one transaction."""
_MANY_GONE: Final = 5_000
"""Peers gone that are not kept waiting for the next flush."""
_MOST: Final = 200_000
"""Peers kept while the database refuses them."""


class SwarmReport(Struct, frozen=True, kw_only=True, gc=False):
    """What is new about one peer."""

    downloader: str
    torrent: Torrent
    peer: Peer
    """As last seen."""
    uploaded: Reading
    downloaded: Reading
    upload_rate_max: int
    download_rate_max: int
    first_seen: int
    """Epoch milliseconds, as `last_seen`."""
    last_seen: int


class TrackedPeer(Struct, frozen=True, kw_only=True, gc=False):
    """One peer of this run."""

    id: int
    address: IPAddress
    port: int
    info_hash: str
    private: bool
    size: int
    """Bytes of the torrent."""
    downloader: str
    downloader_progress: float
    peer_id: str | None
    client_name: str | None
    progress: float
    uploaded: int
    downloaded: int
    upload_rate: int
    download_rate: int
    upload_rate_max: int
    download_rate_max: int
    flags: str
    first_seen: int
    last_seen: int


class SwarmStore(Protocol):
    """Where they are; raises only StorageError."""

    async def empty(self) -> None:
        """Forget all: a new run begins."""

    async def write(self, reports: Sequence[SwarmReport]) -> None:
        """Bring rows up to date."""

    async def count(self) -> int:
        """Peers of this run that were written."""

    async def after(self, row_id: int, *, limit: int) -> Sequence[TrackedPeer]:
        """Those with a higher id, lowest first: a cursor for whoever reads them all."""

    async def page(self, *, offset: int, limit: int) -> Sequence[TrackedPeer]:
        """Some of them, in the order of their ids."""


class _Entry(Struct, gc=False):
    torrent: Torrent
    peer: Peer
    first_seen: int
    last_seen: int
    uploaded: Meter = field(default_factory=Meter)
    downloaded: Meter = field(default_factory=Meter)
    upload_rate_max: int = 0
    download_rate_max: int = 0
    is_live: bool = True
    is_new: bool = True
    """Something worth a write happened."""


class SwarmTracking:
    """Implements `Recorder`."""

    def __init__(self, store: SwarmStore, area: Callable[[], Area]) -> None:
        self._store, self._area = store, area
        self._entries: dict[PeerKey, _Entry] = {}
        self._swept: dict[str, int] = {}
        self._gone = 0
        self._flushed_at = 0
        self._is_emptied = False
        self.on = False

    def saw(self, at: int, judged: JudgedPeer) -> None:
        """See `Recorder`."""
        peer, key = judged.peer, judged.key
        if peer.handshaking:
            return
        entry = self._entries.get(key)
        uploaded, downloaded = max(0, peer.uploaded), max(0, peer.downloaded)
        if entry is None:
            entry = self._entries[key] = _Entry(judged.torrent, peer, at, at)
            entry.uploaded.join(uploaded, others=0, first=True)
            entry.downloaded.join(downloaded, others=0, first=True)
        else:
            if not entry.is_live:
                entry.is_live = entry.is_new = True
                self._gone -= 1
            entry.is_new |= _differs(entry, peer, uploaded, downloaded)
            entry.uploaded.report(entry.uploaded.offset, uploaded)
            entry.downloaded.report(entry.downloaded.offset, downloaded)
        entry.upload_rate_max = max(entry.upload_rate_max, peer.upload_rate)
        entry.download_rate_max = max(entry.download_rate_max, peer.download_rate)
        entry.peer, entry.torrent, entry.last_seen = peer, judged.torrent, at

    def lost(self, key: PeerKey) -> None:
        """See `Recorder`."""
        entry = self._entries.get(key)
        if entry is not None and entry.is_live:
            entry.last_seen = max(entry.last_seen, self._swept.get(key.downloader, 0))
            entry.is_live, entry.is_new = False, True
            self._gone += 1

    def swept(self, downloader: str, at: int) -> None:
        """See `Recorder`."""
        self._swept[downloader] = at

    def live(self, downloader: str) -> Collection[PeerKey]:
        """See `Recorder`."""
        return [key for key in self._entries if key.downloader == downloader]

    async def attend(self, now: int) -> None:
        """See `Recorder`. The rows of the run before go once only, however often this is switched off and on."""
        area = self._area()
        if not area.enabled:
            if self.on:
                await self.flush()
                self._entries.clear()
                self._gone, self.on = 0, False
            return
        if not self._is_emptied:
            await self._store.empty()
            self._is_emptied = True
        if not self.on:
            self.on, self._flushed_at = True, begun(now, area.data_flush_interval)
        if is_due(self._flushed_at, now, area.data_flush_interval) or self._gone > _MANY_GONE:
            self._flushed_at = now
            await self.flush()

    async def flush(self) -> None:
        """See `Recorder`; who only sits there has nothing to write."""
        due = await self._due()
        for start in range(0, len(due), AT_ONCE):
            some = due[start : start + AT_ONCE]
            try:
                await self._store.write([report for _, report in some])
            except StorageError:
                for key, _ in due[start:]:
                    self._entries[key].is_new = True
                self._make_room()
                raise
            slices = Slices()
            for key, report in some:
                if slices.due():
                    await slices.rest()
                entry = self._entries[key]
                entry.uploaded.settle(report.uploaded)
                entry.downloaded.settle(report.downloaded)
                if not entry.is_live and not entry.is_new:
                    del self._entries[key]
                    self._gone -= 1

    async def _due(self) -> list[tuple[PeerKey, SwarmReport]]:
        slices, due = Slices(), []
        for key, entry in list(self._entries.items()):
            if slices.due():
                await slices.rest()
            if entry.is_new:
                if entry.is_live:
                    entry.last_seen = max(entry.last_seen, self._swept.get(key.downloader, 0))
                entry.is_new = False
                due.append((key, _report(key, entry)))
        return due

    def _make_room(self) -> None:
        if len(self._entries) > _MOST:
            self._entries = {key: e for key, e in self._entries.items() if e.is_live}
            self._gone = 0


def _differs(entry: _Entry, peer: Peer, uploaded: int, downloaded: int) -> bool:
    """Whether more than flags, progress and present rates changed; those are written along with the rest (D-19)."""
    old = entry.peer
    return (
        (uploaded, downloaded) != (entry.uploaded.offset, entry.downloaded.offset)
        or peer.upload_rate > entry.upload_rate_max
        or peer.download_rate > entry.download_rate_max
        or (peer.client_name, peer.peer_id) != (old.client_name, old.peer_id)
    )


def _report(key: PeerKey, entry: _Entry) -> SwarmReport:
    return SwarmReport(
        downloader=key.downloader,
        torrent=entry.torrent,
        peer=entry.peer,
        uploaded=entry.uploaded.read(),
        downloaded=entry.downloaded.read(),
        upload_rate_max=entry.upload_rate_max,
        download_rate_max=entry.download_rate_max,
        first_seen=entry.first_seen,
        last_seen=entry.last_seen,
    )
