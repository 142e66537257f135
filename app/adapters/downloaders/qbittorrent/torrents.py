"""Follows all torrents by the changes that `sync/maindata` reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.adapters.downloaders.announce import host_of
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.qbittorrent.peers import read_peer
from app.adapters.downloaders.qbittorrent.wire import (
    MainData,
    PeerWire,
    Properties,
    TorrentChange,
    TorrentState,
)
from app.adapters.downloaders.watched import Watched
from app.domain.address import Translation
from app.domain.peer import Peer
from app.domain.torrent import Torrent


class Followed(Watched[PeerWire]):
    """All that is known about one torrent."""

    __slots__ = ("_properties", "_properties_at", "gone", "state")

    def __init__(self, torrent: Torrent, read: Callable[[PeerWire], Peer | None]) -> None:
        super().__init__(torrent, read)
        self.state = TorrentState()
        self.gone = False
        """The server did not know it when asked for peers; the list will say so, too."""
        self._properties: Properties | None = None
        self._properties_at = -1

    @property
    def id(self) -> str:
        return self.torrent.id

    @property
    def connected(self) -> int:
        """Peers whose connection stands; half-open ones are shown by the server but not counted (seen with 4.5.2)."""
        return self.state.num_leechs + self.state.num_seeds

    @property
    def moves(self) -> bool:
        """Whether anything is transferred on it.

        The rate of one that the last peer has left stays as it was then, for hours (seen with 4.5.2 and 5.3.0).
        """
        return self.connected > 0 and (self.state.upspeed > 0 or self.state.dlspeed > 0)

    @property
    def wants_properties(self) -> bool:
        """Whether the list lacks what `torrents/properties` has: privacy before 5.0, finished pieces before 5.2."""
        if self.state.pieces_have is not None and self._private_listed is not None:
            return False
        return self._properties is None or self._properties_at != self.state.completed

    def change(self, change: TorrentChange, *, full: bool, known: bool = True) -> None:
        """Take over what the list says of it; `full` replaces all that was said before.

        Of one that was not known the counters tell nothing: twenty thousand at rest would all be asked at once.
        """
        self.gone = False
        if known and self.state.stirs(change):
            self.turn.stir()
        if full:
            self.state = TorrentState()
        self.state.merge(change)
        self._refresh()

    def learn(self, properties: Properties) -> None:
        """Take over what `torrents/properties` says; good until more of it is finished."""
        self._properties, self._properties_at = properties, self.state.completed
        self._refresh()

    @property
    def _private_listed(self) -> bool | None:
        """Official builds say `private`; others may say `is_private`."""
        state = self.state
        return state.is_private if state.private is None else state.private

    def _refresh(self) -> None:
        state = self.state
        fresh = Torrent(
            id=self.id,
            hash=self.id,
            name=state.name or "",
            size=state.total_size,
            completed_size=self._completed_size(),
            progress=state.progress or 0.0,
            upload_rate=state.upspeed,
            download_rate=state.dlspeed,
            uploaded=state.uploaded,
            private=self._is_private(),
            category=state.category or "",
            tags=tuple(tag for part in (state.tags or "").split(",") if (tag := part.strip())),
            tracker=host_of(state.tracker or ""),
        )
        if fresh != self.torrent:
            self.torrent = fresh

    def _is_private(self) -> bool:
        listed = self._private_listed
        if listed is None and self._properties is not None:
            return bool(self._properties.private or self._properties.is_private)
        return bool(listed)

    def _completed_size(self) -> int:
        """Whole pieces only: no peer can have more from us. The last one may be short."""
        pieces, each = self.state.pieces_have, self.state.piece_size
        if pieces is None and self._properties is not None:
            pieces, each = self._properties.pieces_have, self._properties.piece_size
        if pieces is None or pieces <= 0 or each <= 0:
            return -1
        return min(pieces * each, self.state.total_size or pieces * each)


class TorrentTable:
    """Every torrent of one downloader."""

    def __init__(self, translation: Translation) -> None:
        self._read = partial(read_peer, translation=translation)
        self.rid = 0
        """The answer that the next one shall build on; 0 asks for everything."""
        self.entries: dict[str, Followed] = {}
        self._sweep = 0
        self._uploaded = self._downloaded = 0

    def restarted(self, answer: MainData) -> bool:
        """Whether the daemon counts less since its start than in the answer before."""
        state = answer.server_state
        before = self._uploaded, self._downloaded
        if state.up_info_data is not None:
            self._uploaded = state.up_info_data
        if state.dl_info_data is not None:
            self._downloaded = state.dl_info_data
        return self._uploaded < before[0] or self._downloaded < before[1]

    async def merge(self, answer: MainData, effort: Effort) -> None:
        """Take over what `answer` says; when interrupted, the next request asks for the same changes again."""
        for torrent_id, change in answer.torrents.items():
            if effort.due():
                await effort.rest()
            watched = self.entries.get(torrent_id)
            known = watched is not None
            if watched is None:
                empty = Torrent(id=torrent_id, hash=torrent_id, name="")
                watched = self.entries[torrent_id] = Followed(empty, self._read)
            watched.change(change, full=answer.full_update, known=known)
        gone = self.entries if answer.full_update else answer.torrents_removed
        for torrent_id in [gone_id for gone_id in gone if gone_id not in answer.torrents]:
            self.entries.pop(torrent_id, None)
        self.rid = answer.rid

    async def begin_sweep(self, effort: Effort) -> list[Followed]:
        """Those whose peers are to be asked for now."""
        self._sweep += 1
        for watched in self.entries.values():
            if effort.due():
                await effort.rest()
            watched.turn.begin(self._sweep, moving=watched.moves, connected=watched.connected)
        return [watched for watched in self.entries.values() if watched.turn.pending]
