"""Follows the downloads of BiglyBT, those that are active each time and the others now and then."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from msgspec.structs import replace

from app.adapters.downloaders.announce import host_of
from app.adapters.downloaders.biglybt.peers import read_peer
from app.adapters.downloaders.biglybt.wire import DownloadWire, PeerWire, StatsWire, TorrentWire
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.watched import Watched
from app.domain.address import Translation
from app.domain.torrent import Torrent

_DOWNLOADING, _SEEDING, _ERROR = 4, 5, 8
ACTIVE: Final = (_DOWNLOADING, _SEEDING, _ERROR)
"""States in which a download may have peers; those that are stopped or queued have none."""
EVERYTHING_EVERY: Final = 12
"""Sweeps between two looks at the downloads that rest: a thousand of them are a megabyte and a half."""


class TorrentTable:
    """Every download of one client."""

    def __init__(self, translation: Translation) -> None:
        self.entries: dict[str, Watched[PeerWire]] = {}
        """By the torrent's hash."""
        self._read = partial(read_peer, translation=translation)
        self._active: set[str] = set()
        self._counters: dict[str, tuple[int, int]] = {}
        self._sweep = 0
        self._since_everything = EVERYTHING_EVERY

    @property
    def wants_everything(self) -> bool:
        """Whether the next answer shall have all downloads, not only the active ones."""
        return self._since_everything >= EVERYTHING_EVERY

    async def take(
        self, downloads: Collection[DownloadWire], effort: Effort, *, everything: bool
    ) -> None:
        """Take over an answer."""
        active: set[str] = set()
        listed: set[str] = set()
        for download in downloads:
            if effort.due():
                await effort.rest()
            torrent = download.torrent
            if torrent is None or not torrent.info_hash or download.removed:
                continue
            self._take(torrent.info_hash, download, torrent)
            listed.add(torrent.info_hash)
            if download.state in ACTIVE:
                active.add(torrent.info_hash)
        self._since_everything = 0 if everything else self._since_everything + 1
        for torrent_id in self._active - active:
            self._come_to_rest(torrent_id)
            if not everything:
                self._since_everything = EVERYTHING_EVERY  # stopped or removed, the list will tell
        if everything:
            for torrent_id in self.entries.keys() - listed:
                del self.entries[torrent_id]
                self._counters.pop(torrent_id, None)
        self._active = active

    def begin_sweep(self) -> list[Watched[PeerWire]]:
        """Those whose peers are to be asked for now."""
        self._sweep += 1
        due = []
        for torrent_id in self._active:
            watched = self.entries[torrent_id]
            torrent = watched.torrent
            moving = torrent.upload_rate > 0 or torrent.download_rate > 0
            watched.turn.begin(self._sweep, moving=moving, connected=len(watched.table.peers))
            if watched.turn.pending:
                due.append(watched)
        return due

    def _take(self, torrent_id: str, download: DownloadWire, torrent: TorrentWire) -> None:
        stats = download.stats or StatsWire()
        fresh = _read(torrent_id, download, torrent, stats)
        watched = self.entries.get(torrent_id)
        if watched is None:
            watched = self.entries[torrent_id] = Watched(fresh, self._read)
        elif fresh != watched.torrent:
            watched.torrent = fresh
        counters = stats.uploaded, stats.downloaded_bytes
        if self._counters.get(torrent_id, counters) != counters:
            watched.turn.stir()
        self._counters[torrent_id] = counters

    def _come_to_rest(self, torrent_id: str) -> None:
        watched = self.entries.get(torrent_id)
        if watched is not None:
            watched.torrent = replace(watched.torrent, upload_rate=0, download_rate=0)
            watched.table.clear()


def _read(
    torrent_id: str, download: DownloadWire, torrent: TorrentWire, stats: StatsWire
) -> Torrent:
    remaining = stats.remaining_bytes
    tracker = next((url for tier in download.trackers or () for url in tier or ()), "")
    return Torrent(
        id=torrent_id,
        hash=torrent_id.lower(),
        name=download.name or torrent.name or torrent_id,
        size=torrent.size,
        completed_size=-1 if remaining is None else max(0, torrent.size - remaining),
        progress=stats.completed_in_thousand_notation / 1000,
        upload_rate=max(0, stats.rt_upload_speed),
        download_rate=max(0, stats.rt_download_speed),
        uploaded=stats.uploaded,
        private=bool(torrent.private_torrent),
        category=download.category_name or "",
        tags=tuple(download.tags or ()),
        tracker=host_of(tracker),
    )
