"""The downloaders that are watched: their settings, their tasks, their state as front ends show it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban, DownloaderRef
from app.domain.errors import AppError, NotFound, Refused
from app.domain.reason import Text
from app.domain.remap import Remap
from app.domain.snapshot import TorrentPeers
from app.services.addressing import remap_of
from app.services.ban_list import BanList
from app.services.connection_test import try_once
from app.services.downloader_state import (
    DownloaderState,
    Status,
    ref_of,
    resting,
)
from app.services.enforcement import Enforcement, Standing
from app.services.events import (
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PauseChanged,
    PeerKey,
    SweepFailed,
    Swept,
)
from app.services.judge import Judge
from app.services.leakage import Leakage
from app.services.pace import Pace
from app.services.peer_book import PeerBook
from app.services.ports import (
    Clock,
    Connection,
    Downloader,
    DownloaderStore,
    OpenDownloader,
)
from app.services.reconcile import Reconciler
from app.services.settings import SettingsBook
from app.services.sweep import Watcher
from app.services.watched_downloader import WatchedDownloader
from app.services.withdrawal import withdraw
from app.settings.change import REMOVE
from app.settings.downloader import SECTION, DownloaderSettings, downloader_changes


class Downloaders:
    """Keeps what config.yml lists and what is watched the same; answers about all who are there."""

    def __init__(  # noqa: PLR0913 - composed by hand in one place
        self,
        *,
        settings: SettingsBook,
        open_downloader: OpenDownloader,
        judge: Judge,
        ban_list: BanList,
        store: DownloaderStore,
        bus: EventBus,
        clock: Clock,
        spared: Callable[[], Iterable[Prefix]],
        admit: Callable[[Sequence[Ban], int], Sequence[Ban]],
        leakage: Leakage,
    ) -> None:
        self._settings, self._open, self._judge = settings, open_downloader, judge
        self._leakage = leakage
        self._spared, self._admit = spared, admit
        self._list, self._store, self._bus, self._clock = ban_list, store, bus, clock
        self._entries: dict[str, WatchedDownloader] = {}
        self._paused = False
        self._paused_since = 0
        self._resume_at: int | None = None
        self._changing = asyncio.Lock()
        bus.subscribe(Swept, self._on_swept)
        bus.subscribe(SweepFailed, self._on_failed)

    @property
    def paused(self) -> bool:
        """Whether nothing is watched by the user's wish."""
        return self._paused

    @property
    def resume_at(self) -> int | None:
        """When a pause ends by itself, epoch ms."""
        return self._resume_at

    async def start(self) -> None:
        """Watch what config.yml lists."""
        for settings in self._settings.config.downloaders:
            self._begin(settings)
        self._bus.publish(DownloadersChanged())

    async def close(self) -> None:
        """End all tasks."""
        await asyncio.gather(*(entry.end() for entry in self._entries.values()))

    def states(self) -> tuple[DownloaderState, ...]:
        """All of them, in the order of config.yml."""
        return tuple(self._current(entry) for entry in self._entries.values())

    def state(self, downloader_id: str) -> DownloaderState:
        """One of them; raises NotFound."""
        return self._current(self._entry(downloader_id))

    def torrents(self, downloader_id: str) -> tuple[TorrentPeers, ...]:
        """Its torrents as last seen; raises NotFound."""
        watcher = self._entry(downloader_id).watcher
        return () if watcher is None else watcher.book.torrents()

    def peers(self, downloader_id: str, torrent_id: str | None = None) -> tuple[JudgedPeer, ...]:
        """Its live peers, of one torrent or all; raises NotFound."""
        watcher = self._entry(downloader_id).watcher
        return () if watcher is None else watcher.book.peers(torrent_id)

    def peer(self, key: PeerKey) -> JudgedPeer | None:
        """One live peer."""
        entry = self._entries.get(key.downloader)
        return None if entry is None or entry.watcher is None else entry.watcher.book.get(key)

    def enforcement(self, ban: Ban) -> dict[str, Enforcement]:
        """By downloader id, how far `ban` has come there."""
        return {key: watcher.reconciler.state_of(ban) for key, watcher in self._watchers()}

    def standings(self, ban: Ban) -> dict[str, Standing]:
        """The same with since when, how long it took and what was tried."""
        return {key: watcher.reconciler.standing(ban) for key, watcher in self._watchers()}

    async def add(self, settings: DownloaderSettings) -> None:
        """Store and watch a new one; raises Refused when id or name is taken, InvalidSetting."""
        async with self._changing:
            if settings.id in self._entries:
                raise Refused(Text("downloader-id-taken", {"id": settings.id}))
            self._refuse_taken_name(settings)
            await self._settings.change("config.yml", downloader_changes(settings))
            self._begin(settings)
        self._bus.publish(DownloadersChanged())

    async def edit(self, settings: DownloaderSettings) -> None:
        """Store other settings and start anew with them; raises NotFound, Refused, InvalidSetting."""
        async with self._changing:
            entry = self._entry(settings.id)
            self._refuse_taken_name(settings)
            changes = downloader_changes(settings, entry.settings)
            await self._settings.change("config.yml", changes)
            await self._restart(entry, settings)
        self._bus.publish(DownloadersChanged(gone=(settings.id,)))

    async def remove(self, downloader_id: str, *, lift_bans: bool = False) -> None:
        """Watch it no more; raises NotFound.

        Its bans stay there, as it may be watched again, unless they shall be lifted. Where that fails, DownloaderError
        is raised and it goes on being watched.
        """
        async with self._changing:
            entry = self._entry(downloader_id)
            await entry.end()
            try:
                if lift_bans:
                    await withdraw(self._open(entry.settings), entry.settings, self._store)
                await self._settings.change("config.yml", {(SECTION, downloader_id): REMOVE})
            except AppError:
                self._begin(entry.settings)
                raise
            del self._entries[downloader_id]
            self._bus.publish(DownloadersChanged(gone=(downloader_id,)))
            await self._store.forget_downloader(downloader_id)

    async def test(self, settings: DownloaderSettings) -> Connection:
        """Try `settings` once without storing them; raises DownloaderError that says what to set."""
        return await try_once(self._open(settings), settings)

    async def pause(self, downloader_id: str, *, paused: bool) -> None:
        """Stop or resume watching one; its bans stay. Stored; raises NotFound."""
        async with self._changing:
            entry = self._entry(downloader_id)
            settings = replace(entry.settings, paused=paused)
            await self._settings.change("config.yml", downloader_changes(settings))
            await self._restart(entry, settings)
        self._bus.publish(DownloadersChanged(gone=(downloader_id,)))

    async def pause_all(self, *, until: int | None = None) -> None:
        """Stop watching until `until` (epoch ms) or `resume_all`; not stored."""
        async with self._changing:
            self._rest_all(paused=True, until=until)

    async def resume_all(self) -> None:
        """Watch again."""
        async with self._changing:
            if self._paused:
                self._rest_all(paused=False, until=None)

    async def resume_when_due(self) -> None:
        """End a pause whose time is over."""
        if self._resume_at is not None and self._clock() >= self._resume_at:
            await self.resume_all()

    def sweep_now(self, downloader_id: str | None = None) -> None:
        """Do not wait for the next sweep, at one or at all; a refused log-in is tried once more."""
        for key, watcher in self._watchers():
            if downloader_id in (None, key):
                watcher.sweep_now()

    def name_of(self, downloader_id: str) -> str:
        """What the user calls it; the id of one that is gone."""
        entry = self._entries.get(downloader_id)
        return downloader_id if entry is None else entry.settings.name

    def ref(self, downloader_id: str) -> DownloaderRef | None:
        """As records name it; None for one that is gone."""
        entry = self._entries.get(downloader_id)
        return None if entry is None else ref_of(entry.settings)

    def review(self, addresses: Collection[IPAddress]) -> None:
        """Judge the peers there anew with the next sweep: something was learned about them."""
        for _, watcher in self._watchers():
            watcher.book.review(addresses)

    def judge_anew(self) -> None:
        """Judge everybody with a sweep that comes at once."""
        for _, watcher in self._watchers():
            watcher.judge_anew()

    def limiters(self) -> Mapping[str, Downloader]:
        """Those that answered last, by id."""
        return {
            key: watcher.downloader
            for key, watcher in self._watchers()
            if self._entries[key].told.status is Status.HEALTHY
        }

    def addresses(self) -> tuple[IPAddress, ...]:
        """Of all live peers, each once."""
        return tuple({judged.peer.address.ip for judged in self._everybody()})

    def client_names(self) -> tuple[str, ...]:
        """Of all live peers that have one."""
        names = (judged.peer.client_name for judged in self._everybody())
        return tuple(name for name in names if name)

    def _everybody(self) -> Iterator[JudgedPeer]:
        for _, watcher in self._watchers():
            yield from watcher.book.peers()

    def _live(self) -> int:
        return sum(watcher.book.unlisted for _, watcher in self._watchers())

    def _watchers(self) -> Iterator[tuple[str, Watcher]]:
        """Of those that do not pause, by id."""
        for key, entry in self._entries.items():
            if entry.watcher is not None:
                yield key, entry.watcher

    def _entry(self, downloader_id: str) -> WatchedDownloader:
        entry = self._entries.get(downloader_id)
        if entry is None:
            raise NotFound(Text("downloader-unknown", {"id": downloader_id}))
        return entry

    def _refuse_taken_name(self, settings: DownloaderSettings) -> None:
        for entry in self._entries.values():
            other = entry.settings
            if other.id != settings.id and other.name == settings.name:
                raise Refused(Text("downloader-name-taken", {"name": settings.name}))

    def _begin(self, settings: DownloaderSettings) -> None:
        status = Status.PAUSED if settings.paused else Status.UNKNOWN
        state = DownloaderState(settings=settings, status=status, since=self._clock())
        entry = self._entries[settings.id] = WatchedDownloader(state)
        if settings.paused:
            return
        downloader = self._open(settings)
        reconciler = Reconciler(
            settings.id,
            downloader,
            self._store,
            ban_list=self._list,
            bus=self._bus,
            remap=self._remap,
            clock=self._clock,
        )
        watcher = Watcher(
            ref=ref_of(settings),
            downloader=downloader,
            book=PeerBook(settings.id, self._judge, self._list),
            reconciler=reconciler,
            ban_list=self._list,
            store=self._store,
            bus=self._bus,
            clock=self._clock,
            pace=partial(self._pace, settings),
            admit=lambda bans: self._admit(bans, self._live()),
            leakage=self._leakage,
        )
        watcher.rest(resting=self._paused)
        entry.watch(watcher)

    async def _restart(self, entry: WatchedDownloader, settings: DownloaderSettings) -> None:
        await entry.end()
        # Assigning to an existing key keeps the order.
        self._begin(settings)

    def _rest_all(self, *, paused: bool, until: int | None) -> None:
        if paused and not self._paused:
            self._paused_since = self._clock()
        self._paused, self._resume_at = paused, until
        for _, watcher in self._watchers():
            watcher.rest(resting=paused)
        self._bus.publish(PauseChanged(paused=paused))
        self._bus.publish(DownloadersChanged())

    def _remap(self) -> Remap:
        return remap_of(self._settings.config, self._spared())

    def _pace(self, settings: DownloaderSettings) -> Pace:
        return Pace(
            interval=self._settings.profile.check_interval / 1000,
            deadline=settings.sweep_deadline / 1000,
            alone=len(tuple(self._watchers())) < 2,  # noqa: PLR2004
        )

    def _current(self, entry: WatchedDownloader) -> DownloaderState:
        pauses = self._paused and entry.watcher is not None
        return resting(entry.state, self._paused_since) if pauses else entry.state

    def _on_swept(self, event: Swept) -> None:
        entry = self._entries.get(event.downloader)
        if entry is not None:
            entry.swept(event, self._clock())

    def _on_failed(self, event: SweepFailed) -> None:
        entry = self._entries.get(event.downloader)
        if entry is not None:
            entry.failed(event, self._clock())
