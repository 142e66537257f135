"""Watches one downloader: an endless task that fetches, judges, bans and reconciles, however it behaves."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.address import Prefix, single
from app.domain.ban import Ban, DownloaderRef
from app.domain.errors import AppError
from app.domain.reason import Text
from app.domain.snapshot import Snapshot
from app.domain.verdict import Action, Verdict
from app.locale.texts import say
from app.services.ban_list import BanList
from app.services.errors import AccessDenied, DownloaderError, StorageError, Unreachable
from app.services.events import (
    EnforcementChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
    SweepFailed,
    Swept,
    Timings,
)
from app.services.leakage import Leakage
from app.services.peer_book import PeerBook
from app.services.ports import Clock, Connection, Downloader, DownloaderStore
from app.services.reconcile import Reconciler
from app.services.slices import Slices
from app.services.still_there import StillThere

log = logging.getLogger(__name__)

_LONGEST_BACK_OFF: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When to sweep; seconds."""

    interval: float
    deadline: float

    def after_failures(self, count: int, dice: random.Random) -> float:
        """The wait after `count` failures in a row: doubling, with jitter, one minute at most."""
        wait = min(self.interval * 2.0 ** min(count - 1, 8), max(_LONGEST_BACK_OFF, self.interval))
        return wait * float(dice.uniform(0.8, 1.2))


class Watcher:
    """One downloader's task. Nothing but cancellation ends it."""

    def __init__(  # noqa: PLR0913 - composed by hand in one place
        self,
        *,
        ref: DownloaderRef,
        downloader: Downloader,
        book: PeerBook,
        reconciler: Reconciler,
        ban_list: BanList,
        store: DownloaderStore,
        bus: EventBus,
        clock: Clock,
        pace: Callable[[], Pace],
        admit: Callable[[Sequence[Ban]], Sequence[Ban]],
        leakage: Leakage,
    ) -> None:
        self._ref, self.downloader = ref, downloader
        self._leakage = leakage
        self.book, self.reconciler = book, reconciler
        self._list, self._store, self._bus, self._clock, self._pace, self._admit = (
            ban_list,
            store,
            bus,
            clock,
            pace,
            admit,
        )
        self._wake = asyncio.Event()
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self._complaint = ""
        self._dice = random.Random()  # noqa: S311 - jitter, no secret
        self._session: int | None = None
        self._still_there = StillThere(ref, bus, lambda prefix: ban_list.get(prefix) is not None)
        self.connection: Connection | None = None

    def sweep_now(self) -> None:
        """End the wait before the next sweep; after a refusal, allow one more log-in."""
        self.downloader.forget_refusal()
        self._wake.set()

    def judge_anew(self) -> None:
        """Judge and return everybody, now."""
        self.book.unsettle()
        self._wake.set()

    def rest(self, *, resting: bool) -> None:
        """Begin no further sweep, or begin one now; what was seen last stays."""
        if resting:
            self._goes_on.clear()
        else:
            self._goes_on.set()
            self._wake.set()

    async def watch(self) -> None:
        """Sweep until cancelled."""
        failures = 0
        try:
            while True:
                await self._goes_on.wait()
                pace = self._pace()
                self._wake.clear()  # a wish from before this sweep is granted by it
                error = await self._try(pace)
                failures = 0 if error is None else failures + 1
                wait: float | None = pace.interval
                if error is not None:
                    wait = self._after(error, failures, pace)
                    self._bus.publish(
                        SweepFailed(downloader=self._ref.id, error=error, retry_in=wait)
                    )
                await self._rest(wait)
        finally:
            self.reconciler.close()
            self._still_there.end()
            await self.downloader.close()

    def _after(
        self, error: DownloaderError | StorageError, failures: int, pace: Pace
    ) -> float | None:
        self.reconciler.forget()
        self.book.unsettle()
        if isinstance(error, AccessDenied):
            return None
        return pace.after_failures(failures, self._dice)

    async def _rest(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _try(self, pace: Pace) -> DownloaderError | StorageError | None:
        try:
            async with asyncio.timeout(pace.deadline):
                event = await self.sweep()
        except TimeoutError:
            within = Text("no-answer-within", {"seconds": round(pace.deadline)})
            error: DownloaderError | StorageError = Unreachable(within)
        except (DownloaderError, StorageError) as caught:
            error = caught
        except Exception as bug:  # noqa: BLE001 - logged; it must not end the watch, and with it all protection
            error = DownloaderError(Text("sweep-crashed", {"kind": type(bug).__name__}))
            self._complain(error, bug)
        else:
            if self._complaint:
                log.info("%s: answers again", self._ref.name)
                self._complaint = ""
            self.book.settle()
            self._bus.publish(event)
            self._bus.publish(EnforcementChanged(downloader=self._ref.id))
            return None
        self._complain(error)
        return error

    def _complain(self, error: AppError, bug: Exception | None = None) -> None:
        """Log a failure; the same again is no news, though it may last for days."""
        words = say(error.text)
        if words == self._complaint:
            return
        self._complaint = words
        if bug is None:
            log.warning("%s: sweep failed: %s", self._ref.name, words)
        else:
            log.error("%s: sweep failed: %s", self._ref.name, words, exc_info=bug)

    async def sweep(self) -> Swept:
        """Fetch, judge, ban, reconcile, once. Raises DownloaderError or StorageError."""
        started = time.perf_counter()
        await self._list.expire()
        connection = await self.downloader.connect()
        if connection.session != self._session:
            self.reconciler.forget()
            self._session = connection.session
        self.connection = connection
        self.book.use(connection.source)
        snapshot = await self.downloader.snapshot()
        fetched = time.perf_counter()
        judged = await self.book.judge(snapshot)
        found = await self._new_bans(judged.changed, snapshot)
        judging = time.perf_counter() - fetched
        bans = await self._list.add(self._admit(found), unless=self._is_overtaken)
        reconciling = time.perf_counter()
        able = connection.capabilities
        await self.reconciler.catch_up(able)
        listed = self.book.listed()
        self._leakage.see(self._ref.id, listed)
        self.reconciler.observe(listed, able, snapshot.at)
        self._still_there.tell(self.reconciler.defied())
        await self.reconciler.reconcile(able)
        await self._store.save_sweep(
            self._ref.id,
            at=snapshot.at,
            version=connection.version,
            torrents=[seen.torrent for seen in snapshot.torrents],
        )
        ended = time.perf_counter()
        to_good, to_banned = self.book.rates()
        short = sum(ban.disconnect for ban in bans)
        if len(bans) > short:
            log.info("%s: banned %d peers", self._ref.name, len(bans) - short)
        if short:
            log.info("%s: disconnected %d peers for a moment", self._ref.name, short)
        return Swept(
            downloader=self._ref.id,
            snapshot=snapshot,
            changed=judged.changed,
            gone=judged.gone,
            peers=len(self.book),
            to_good=to_good,
            to_banned=to_banned,
            bans=bans,
            timings=Timings(
                fetch=snapshot.fetch_time,
                decode=snapshot.decode_time,
                judge=judging,
                reconcile=ended - reconciling,
                total=ended - started,
            ),
        )

    def _is_overtaken(self, ban: Ban) -> bool:
        """Whether it is banned by now as long, or rules or exceptions changed: then the next sweep judges anew."""
        known = self._list.find(ban.prefix.network_address)
        return not self.book.up_to_date or (known is not None and known.until >= ban.until)

    async def _new_bans(
        self, changed: Mapping[PeerKey, JudgedPeer], snapshot: Snapshot
    ) -> list[Ban]:
        bans: dict[Prefix, Ban] = {}
        slices = Slices()
        for judged in changed.values():
            if slices.due():
                await slices.rest()
            deciding = judged.decision.deciding
            if deciding is None or not deciding.hits or judged.ban is not None:
                continue
            ban = self._ban(judged, deciding, snapshot.at)
            known = bans.get(ban.prefix)
            if known is None or ban.until > known.until:
                bans[ban.prefix] = ban
        return list(bans.values())

    def _ban(self, judged: JudgedPeer, deciding: Verdict, at: int) -> Ban:
        decision = judged.decision
        address = judged.peer.address
        return Ban(
            prefix=single(address.ip),
            since=at,
            until=at + decision.duration,
            verdict=deciding,
            trace=decision.trace,
            disconnect=decision.action is Action.BAN_FOR_DISCONNECT,
            raw=address.raw.ip if address.raw.ip != address.ip else None,
            downloader=self._ref,
            torrent=judged.torrent,
            peer=judged.peer,
        )
