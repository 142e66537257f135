"""One BitComet: follows its active tasks, asks those that move for their peers, keeps its IP filter."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

from app.adapters.downloaders.bitcomet.bans import BanWriter
from app.adapters.downloaders.bitcomet.peers import CONNECTED, key_of
from app.adapters.downloaders.bitcomet.session import AT_A_TIME, Session
from app.adapters.downloaders.bitcomet.statistics import read_totals
from app.adapters.downloaders.bitcomet.tasks import Task, TaskTable, sum_rates
from app.adapters.downloaders.bitcomet.wire import (
    ConnectionAnswer,
    ConnectionConfig,
    Outcome,
    PeersAnswer,
    PeerWire,
    StatisticsAnswer,
    Summary,
    TaskList,
    TrackersAnswer,
)
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.look import Look
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.turn import RESTING
from app.adapters.downloaders.upload_limit import not_unlimited
from app.adapters.downloaders.watched import Watched, ask_all, look_again, showing, some_at_a_time
from app.domain.snapshot import Snapshot, TorrentPeers
from app.services.errors import DownloaderError, NotSupported, ProtocolMismatch, TooLate
from app.services.ports import Connection, Push, Tiers, UploadLimits
from app.settings.downloader import DownloaderSettings

_SUMMARIES_AT_A_TIME: Final = 3
_ANNOUNCED_TO: Final = ("http", "udp", "ws")
"""How trackers begin; DHT and its like stand in the same list."""
_LIST: Final = {
    "state_group": "ACTIVE",
    "sort_key": "",
    "sort_order": "unsorted",
    "tag_filter": "ALL",
    "task_type": "ALL",
    "start": 0,
    "limit": 2_147_483_646,
}


class BitComet:
    """A `Downloader` for BitComet 2.18 and later."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._ignore_private = settings.ignore_private
        self._session = Session(settings)
        self._bans = BanWriter(self._session)
        self._tasks = TaskTable(around.translation)
        self._totals: tuple[int | None, int | None] = None, None
        self._until_totals = 0
        self._decode_time = 0.0
        self._converting = asyncio.Lock()
        """Else four answers at once would be four slices in one turn of the loop."""

    async def connect(self) -> Connection:
        return await self._session.open()

    async def snapshot(self) -> Snapshot:
        look = Look(self._session.exchange)
        self._decode_time = 0.0
        await self._session.open()
        if not await self._bans.confirm():
            self._session.lost()
            await self._session.open()
        await self._follow()
        await self._count()
        await ask_all(self._tasks.begin_sweep(), self._ask, at_a_time=AT_A_TIME)
        torrents = self._show()
        return look.end(self._clock(), torrents, worked=self._decode_time, totals=self._totals)

    async def apply(self, push: Push) -> None:
        tasks = self._tasks.watched
        await look_again(tasks, [*push.added, *push.removed])
        inside = await showing(tasks, push.added)
        await self._bans.apply(push, {peer.address.raw.ip for *_, peer in inside})

    async def upload_limits(self) -> UploadLimits:
        return UploadLimits(rate=max(0, (await self._configured()).max_upload_speed or 0))

    async def limit_upload(self, limits: UploadLimits) -> None:
        kept = (await self._configured()).max_download_speed or 0
        await self._configure(
            {"max_download_speed": kept, "max_upload_speed": not_unlimited(limits.rate)}
        )

    async def trackers(self, torrent_id: str) -> Tiers:
        body = {"task_id": torrent_id, "max_count": "2147483647"}
        answer = await self._session.ask("api/task/trackers/get", body, TrackersAnswer)
        names = (tracker.name or "" for tracker in answer.trackers or ())
        return tuple((name,) for name in names if name.startswith(_ANNOUNCED_TO))

    async def replace_trackers(self, torrent_id: str, tiers: Tiers) -> None:  # noqa: ARG002 - of the port
        raise NotSupported

    async def listen_port(self) -> int:
        return max(0, (await self._configured()).listen_port_tcp or 0)

    async def listen_at(self, port: int) -> None:
        await self._configure({"listen_port_tcp": port, "enable_listen_tcp": True})

    def forget_refusal(self) -> None:
        self._session.forget_refusal()

    async def close(self) -> None:
        await self._session.close()

    async def _configured(self) -> ConnectionConfig:
        answer = await self._session.ask("api/config/connection/get", {}, ConnectionAnswer)
        return answer.connection_config or ConnectionConfig()

    async def _configure(self, changes: Mapping[str, object]) -> None:
        body = {"connection_config": changes}
        await self._session.ask("api/config/connection/set", body, Outcome)

    async def _follow(self) -> None:
        """Bring the list of tasks up to date, and the summaries of those that may have changed."""
        answer = await self._session.ask("api_v2/task_list/get", _LIST, TaskList)
        self._tasks.take(str(task.task_id) for task in answer.tasks or () if task.type == "BT")
        due = [task for task in self._tasks.entries.values() if task.wants_summary()]
        await self._summarize(due)

    async def _summarize(self, due: Collection[Task]) -> None:
        """One that does not tell is left as it was; when none does, the sweep has failed."""
        failures: list[DownloaderError] = []

        async def ask(task: Task) -> None:
            path = "api/task/summary/get"
            try:
                answer = await self._session.try_asking(path, {"task_id": task.id}, Summary)
            except (TooLate, ProtocolMismatch) as error:
                failures.append(error)
                return
            if answer.is_ok:  # else it is removed at this moment
                self._tasks.learn(task, answer)

        await some_at_a_time(due, ask, _SUMMARIES_AT_A_TIME)
        if failures and len(failures) == len(due):
            raise failures[0]

    async def _count(self) -> None:
        """What it has sent and received in all, from time to time."""
        version = self._session.version
        tokens = version and version.statistics
        self._until_totals -= 1
        if not tokens or self._until_totals > 0:
            return
        body = {"token_list": tokens}
        answer = await self._session.ask("api/statistics_list/get", body, StatisticsAnswer)
        self._totals = read_totals(answer, tokens)
        self._until_totals = RESTING

    async def _ask(self, watched: Watched[PeerWire]) -> None:
        """Bring the peers of one task up to date."""
        if self._ignore_private and watched.torrent.private:
            watched.turn.done()
            return
        body = {"groups": CONNECTED, "task_id": watched.torrent.id, "max_count": 0}
        answer = await self._session.try_asking("api/task/peers/get", body, PeersAnswer)
        async with self._converting:
            effort = Effort()
            wires = {key_of(wire): wire for wire in answer.peers or ()}
            await watched.table.update(wires, effort)
            sum_rates(watched)
            self._decode_time += effort.seconds
        watched.turn.done()

    def _show(self) -> tuple[TorrentPeers, ...]:
        return tuple(each.show(ignore_private=self._ignore_private) for each in self._tasks.watched)
