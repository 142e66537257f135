"""One rTorrent: lists its torrents with one request, their peers with another, keeps its filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.listing import Listing
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.rtorrent.bans import BanWriter
from app.adapters.downloaders.rtorrent.kick import hang_up
from app.adapters.downloaders.rtorrent.parts import Parts
from app.adapters.downloaders.rtorrent.peers import read_peers, read_torrent
from app.adapters.downloaders.rtorrent.session import STATE, Session, refused_not
from app.adapters.downloaders.rtorrent.wire import (
    PEERS,
    TORRENTS,
    TRACKERS,
    PeerRow,
    TorrentRow,
    read_rows,
    read_tracker,
)
from app.adapters.downloaders.rtorrent.xml import Call, Fault
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.turn import Turn
from app.adapters.downloaders.upload_limit import not_unlimited
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.services.errors import NotSupported, ProtocolMismatch
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings

_PEERS_AT_ONCE: Final = 1_000
"""In one answer, about: 120 KB."""
_TORRENTS_AT_ONCE: Final = 200
"""In one request."""
_HIGHEST_LIMIT: Final = 1 << 30
_LIMIT: Final = "throttle.global_up.max_rate"


@dataclass(slots=True)
class _Watched:
    """When a torrent is asked for its peers."""

    turn: Turn
    connected: int = 0
    """As told last."""


class RTorrent:
    """A `Downloader` for rTorrent 0.9.8 and later."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._translation = around.translation
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings)
        self._bans = BanWriter(self._session, Parts(around.facts, f"rtorrent/{settings.id}/parts"))
        self._listing = Listing()
        self._watched: dict[str, _Watched] = {}
        self._trackers: dict[str, str] = {}
        """Hosts by torrent."""
        self._sweep = 0

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        look = Look(self._session.channel)
        rows = await self._torrents()
        effort = Effort()
        due = await self._due(rows, effort)
        worked = effort.seconds
        await self._learn_trackers(rows)
        answers = await self._peers(due)
        effort = Effort()
        torrents = await self._listing.take(
            self._read(rows, answers), effort, ignore_private=self._ignore_private
        )
        worked += effort.seconds
        for torrent_id in answers:
            self._watched[torrent_id].turn.done()
        return look.end(self._clock(), torrents, worked=worked)

    async def apply(self, push: Push) -> None:
        await self._bans.apply(push)
        dropped = await hang_up(self._session, push.wanted if push.everything else push.added)
        for torrent_id in dropped:
            if torrent_id in self._watched:
                self._watched[torrent_id].turn.pending = True

    async def upload_limits(self) -> UploadLimits:
        rate = await self._session.call(_LIMIT)
        if not isinstance(rate, int):
            raise ProtocolMismatch(Text("answer-not-xml-rpc"))
        return UploadLimits(rate=max(0, rate))

    async def limit_upload(self, limits: UploadLimits) -> None:
        wanted = min(not_unlimited(limits.rate), _HIGHEST_LIMIT)
        await self._session.call(f"{_LIMIT}.set", "", wanted)

    async def trackers(self, torrent_id: str) -> Tiers:  # noqa: ARG002 - of the port
        raise NotSupported

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:  # noqa: ARG002 - as above
        raise NotSupported

    async def listen_port(self) -> int:
        raise NotSupported

    async def listen_at(self, port: int) -> None:  # noqa: ARG002 - as above
        raise NotSupported

    def forget_refusal(self) -> None:
        self._session.forget_refusal()

    async def close(self) -> None:
        await self._session.close()

    async def _torrents(self) -> list[TorrentRow]:
        """All of them, and a look whether it was restarted."""
        await self._session.open()
        *state, torrents = await self._session.batch([*STATE, Call("d.multicall2", TORRENTS)])
        self._session.look(state)
        await self._session.open()
        effort = Effort()
        rows = []
        for row in read_rows(refused_not(torrents), TorrentRow):
            if effort.due():
                await effort.rest()
            rows.append(row)
        return rows

    async def _due(self, rows: Sequence[TorrentRow], effort: Effort) -> list[TorrentRow]:
        """Those whose peers are to be asked for now."""
        self._sweep += 1
        before, self._watched = self._watched, {}
        due = []
        for row in rows:
            if effort.due():
                await effort.rest()
            watched = before.get(row.hash) or _Watched(Turn(row.hash))
            self._watched[row.hash] = watched
            if watched.connected != row.connected:
                watched.turn.stir()
                watched.connected = row.connected
            moving = row.upload_rate > 0 or row.download_rate > 0
            watched.turn.begin(self._sweep, moving=moving, connected=row.connected)
            if watched.turn.pending and row.connected:
                due.append(row)
        return due

    async def _learn_trackers(self, rows: Sequence[TorrentRow]) -> None:
        """Ask new torrents for theirs: this takes a call for each."""
        known = self._trackers
        self._trackers = {row.hash: known[row.hash] for row in rows if row.hash in known}
        new = [row.hash for row in rows if row.hash not in known][:_TORRENTS_AT_ONCE]
        if new:
            found = await self._session.batch(
                [Call("t.multicall", (each, *TRACKERS)) for each in new]
            )
            for torrent_id, answer in zip(new, found, strict=True):
                if not isinstance(answer, Fault):
                    self._trackers[torrent_id] = read_tracker(answer)

    async def _peers(self, due: Sequence[TorrentRow]) -> dict[str, object]:
        """The answers of those that are still there."""
        answers: dict[str, object] = {}
        for part in _portions(due):
            found = await self._session.batch(
                [Call("p.multicall", (row.hash, *PEERS)) for row in part]
            )
            answers |= {row.hash: value for row, value in zip(part, found, strict=True)}
        return answers

    def _read(
        self, rows: Sequence[TorrentRow], answers: Mapping[str, object]
    ) -> Iterator[tuple[Torrent, Iterator[Peer] | Sequence[Peer]]]:
        for row in rows:
            answer = answers.get(row.hash)
            if isinstance(answer, Fault):  # removed since it was listed
                continue
            yield read_torrent(row, self._trackers.get(row.hash, "")), self._peers_of(row, answer)

    def _peers_of(self, row: TorrentRow, answer: object) -> Iterator[Peer] | Sequence[Peer]:
        if answer is not None:
            return read_peers(read_rows(answer, PeerRow), self._translation)
        known = self._listing.torrents.get(row.hash)
        return known.peers if known and row.connected else ()


def _portions(due: Sequence[TorrentRow]) -> Iterator[Sequence[TorrentRow]]:
    """Cut into what one answer may hold; a torrent is never cut."""
    start = peers = 0
    for place, row in enumerate(due):
        if place > start and (
            peers + row.connected > _PEERS_AT_ONCE or place - start >= _TORRENTS_AT_ONCE
        ):
            yield due[start:place]
            start, peers = place, 0
        peers += row.connected
    if start < len(due):
        yield due[start:]
