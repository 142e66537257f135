"""Watches one downloader: an endless task that fetches, judges, bans and reconciles, however it behaves."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import Final

from msgspec import structs

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
from app.services.loop_time import LoopTime
from app.services.pace import Pace, is_open
from app.services.peer_book import PeerBook
from app.services.ports import Clock, Connection, Downloader, DownloaderStore
from app.services.reconcile import Reconciler
from app.services.slices import Slices
from app.services.still_there import StillThere

log = logging.getLogger(__name__)

_CLOSE_SECONDS: Final = 3.0


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
        self._failures = 0
        """In a row."""
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

    def let_go(self) -> None:
        """Listen no more, and take back what was told of it; may be repeated."""
        self.reconciler.close()
        self._still_there.end()

    async def watch(self) -> None:
        """Sweep until cancelled."""
        try:
            while True:
                await self._goes_on.wait()
                self._wake.clear()  # a wish from before this sweep is granted by it
                await self._rest(await self._once(self._pace()))
        finally:
            self.let_go()
            await close_soon(self.downloader, self._ref.name)

    async def _once(self, pace: Pace) -> float | None:
        """Sweep and announce what came of it; returns how long to rest, None until somebody asks for more."""
        sweep = LoopTime(self.sweep())
        now = asyncio.get_running_loop().time
        started, spent = now(), process_time()
        try:
            event = await self._tried(sweep, pace)
        except (DownloaderError, StorageError) as error:
            return self._failed(error, sweep.seconds, pace)
        if self._complaint:
            log.info("%s: answers again", self._ref.name)
        self._complaint, self._failures = "", 0
        # On a busy computer both are longer than what the processor did for us.
        work = min(sweep.seconds + event.timings.decode, process_time() - spent)
        rest = pace.after_sweep(now() - started, work)
        self.book.settle()
        self._bus.publish(structs.replace(event, rest=rest, slowed=rest > pace.interval))
        self._bus.publish(EnforcementChanged(downloader=self._ref.id))
        return rest

    async def _tried(self, sweep: LoopTime[Swept], pace: Pace) -> Swept:
        """The sweep within its deadline; raises DownloaderError or StorageError and nothing else."""
        deadline = pace.deadline
        try:
            if is_open(self._failures):
                deadline = pace.probe_deadline
                async with asyncio.timeout(deadline):
                    await self.downloader.connect()
                deadline = pace.deadline
            async with asyncio.timeout(deadline):
                return await sweep
        except TimeoutError:
            raise Unreachable(Text("no-answer-within", {"seconds": round(deadline)})) from None
        except (DownloaderError, StorageError):
            raise
        except Exception as bug:
            # It must not end the watch, and with it all protection.
            error = DownloaderError(Text("sweep-crashed", {"kind": type(bug).__name__}))
            self._complain(error, bug)
            raise error from bug
        finally:
            sweep.close()

    def _failed(
        self, error: DownloaderError | StorageError, work: float, pace: Pace
    ) -> float | None:
        self._complain(error)
        self.reconciler.forget()
        self.book.unsettle()
        self._failures += 1
        rest = None
        if not isinstance(error, AccessDenied):
            rest = pace.after_failures(self._failures, work, self._dice)
        self._bus.publish(
            SweepFailed(
                downloader=self._ref.id, error=error, retry_in=rest, failures=self._failures
            )
        )
        return rest

    async def _rest(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

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
        await self._leakage.see(self._ref.id, listed)
        await self.reconciler.observe(listed, able, snapshot.at)
        await self._still_there.tell(self.reconciler.defied())
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


async def close_soon(downloader: Downloader, name: str) -> None:
    """Close it, but wait no longer than the end of the program may take."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await downloader.close()
    except TimeoutError:
        log.warning("%s: did not close in time", name)
