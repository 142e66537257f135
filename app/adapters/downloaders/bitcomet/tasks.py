"""Follows the BitTorrent tasks of BitComet, whose state must be asked for one by one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from msgspec.structs import replace

from app.adapters.downloaders.bitcomet.peers import read_peer
from app.adapters.downloaders.bitcomet.wire import PeerWire, Summary, TaskDetail, TaskState
from app.adapters.downloaders.turn import RESTING
from app.adapters.downloaders.watched import Watched
from app.domain.address import Translation
from app.domain.torrent import Torrent


class Task:
    """One task; it has no torrent before its summary was asked for."""

    def __init__(self, task_id: str) -> None:
        self.id = task_id
        self.watched: Watched[PeerWire] | None = None
        self._sweeps = 0

    @property
    def moves(self) -> bool:
        """Whether bytes went over the wire when it was last looked at."""
        if self.watched is None:
            return False
        torrent = self.watched.torrent
        return torrent.upload_rate > 0 or torrent.download_rate > 0

    def wants_summary(self) -> bool:
        """Called once a sweep: what is complete changes only its rates, which its peers tell, too."""
        self._sweeps += 1
        if self.watched is None or (self.moves and not self.watched.torrent.seeding):
            return True
        return self._sweeps % RESTING == sum(self.id.encode()) % RESTING


class TaskTable:
    """Every task that is active."""

    def __init__(self, translation: Translation) -> None:
        self.entries: dict[str, Task] = {}
        self._read = partial(read_peer, translation=translation)
        self._sweep = 0

    def take(self, task_ids: Iterable[str]) -> None:
        """These and no others are active."""
        known = self.entries
        self.entries = {each: known.get(each) or Task(each) for each in task_ids}

    def learn(self, task: Task, summary: Summary) -> None:
        """Take over what a summary says."""
        fresh = _torrent(task.id, summary)
        if task.watched is None:
            task.watched = Watched(fresh, self._read)
        elif task.watched.torrent != fresh:
            task.watched.torrent = fresh

    def begin_sweep(self) -> list[Watched[PeerWire]]:
        """Those whose peers are to be asked for now."""
        self._sweep += 1
        due = []
        for task in self.entries.values():
            watched = task.watched
            if watched is None:
                continue
            watched.turn.begin(self._sweep, moving=task.moves, connected=len(watched.table.peers))
            if watched.turn.pending:
                due.append(watched)
        return due

    @property
    def watched(self) -> list[Watched[PeerWire]]:
        """Of all tasks of which more is known than their number."""
        return [task.watched for task in self.entries.values() if task.watched is not None]


def sum_rates(watched: Watched[PeerWire]) -> None:
    """Take the rates of its peers for those of the torrent, whose summary is not asked for each time."""
    peers = watched.table.peers
    up = sum(max(0, peer.upload_rate) for peer in peers)
    down = sum(max(0, peer.download_rate) for peer in peers)
    torrent = watched.torrent
    if (torrent.upload_rate, torrent.download_rate) != (up, down):
        watched.torrent = replace(torrent, upload_rate=up, download_rate=down)


def _torrent(task_id: str, summary: Summary) -> Torrent:
    state, detail = summary.task or TaskState(), summary.task_detail or TaskDetail()
    permillage = summary.task_status.download_permillage if summary.task_status else None
    completed = state.selected_downloaded_size
    return Torrent(
        id=task_id,
        hash=(detail.infohash or detail.infohash_v2 or "").lower(),
        name=state.task_name or task_id,
        size=detail.total_size or 0,
        completed_size=-1 if completed is None else completed,
        progress=(permillage or 0) / 1000,
        upload_rate=max(0, state.upload_rate or 0),
        download_rate=max(0, state.download_rate or 0),
        private=bool(detail.torrent_private),
    )
