"""Keeps the memory of the progress rule across restarts, and forgets who is unbanned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from app.domain.address import Prefix
from app.domain.progress_memory import Blocks, Key, ProgressMemory, Wanted
from app.domain.progress_record import ProgressRecord
from app.domain.sighting import Batch
from app.domain.verdict import Mode
from app.services.errors import StorageError
from app.services.events import BansChanged, EventBus
from app.services.ports import Clock
from app.settings.modules import ProgressCheatBlocker

log = logging.getLogger(__name__)
T = TypeVar("T")

_PATIENCE: Final = 0.8
"""Seconds for which a sweep waits for records; without them peers count as new."""
_FLUSH_EVERY: Final = 180
"""Seconds between two writes of what changed."""
_CLEAN_EVERY: Final = 8 * 3_600_000
"""Milliseconds between two looks for old rows."""
_SLICE: Final = 200
_AT_ONCE: Final = 16


class ProgressStore(Protocol):
    """Where the records survive; each call is one transaction or a few; raises only StorageError."""

    async def load(self, wanted: Wanted, *, since: int) -> Sequence[tuple[Key, ProgressRecord]]:
        """Those of `wanted` that are stored and were seen since `since` (epoch ms)."""

    async def save(self, records: Sequence[tuple[Key, ProgressRecord]]) -> None:
        """Store them, each whole."""

    async def forget(self, prefixes: Collection[Prefix]) -> None:
        """Delete all that share an address with one of `prefixes`."""

    async def forget_unseen(self, *, before: int) -> int:
        """Delete rows last seen before `before` (epoch ms) in small batches; returns how many."""


class ProgressRecords:
    """Loads before judging, writes every few minutes and at the end, cleans up every few hours.

    When the database refuses, that is logged once and peers are judged as if nothing had been stored.
    """

    def __init__(
        self,
        memory: ProgressMemory,
        store: ProgressStore,
        bus: EventBus,
        clock: Clock,
        *settings: ProgressCheatBlocker,
    ) -> None:
        """`settings` as in `use`."""
        self._memory, self._store, self._clock = memory, store, clock
        self._woken = asyncio.Event()
        self._undone: list[Prefix] = []
        self._cleaned_at = 0
        self._refused = False
        self._writing = asyncio.Lock()
        self.use(*settings)
        self._stop = bus.subscribe(BansChanged, self._on_bans)

    def use(self, settings: ProgressCheatBlocker, *others: ProgressCheatBlocker) -> None:
        """Go by other settings from now on; `others` are those that the rule has for some torrents."""
        self._settings = settings
        # Any of them may be judged by, so the records of all are loaded.
        self._blocks = tuple(
            dict.fromkeys(
                Blocks(ipv4=each.ipv4_prefix_length, ipv6=each.ipv6_prefix_length)
                for each in (settings, *others)
                if each.mode is not Mode.OFF
            )
        )
        self._memory.persist(settings.enable_persist)

    async def prepare(self, batches: Sequence[Batch]) -> None:
        """Load the records of peers that are about to be judged and not in memory; never raises."""
        if not self._settings.enable_persist:
            return
        missing: Wanted = {}
        for batch in batches:
            for blocks in self._blocks:
                self._memory.missing(batch, blocks, missing)
            await asyncio.sleep(0)
        if not missing:
            return
        since = self._clock() - self._settings.persist_duration
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._undone:
                    async with self._writing:
                        await self._forget_undone()
                loaded = await self._store.load(missing, since=since)
        except TimeoutError:
            count = sum(map(len, missing.values()))
            log.warning("the progress of %d peers was not loaded in time", count)
        except StorageError as error:
            self._complain(error)
        else:
            self._refused = False
            for found in _slices(loaded):
                self._memory.put(found)
                await asyncio.sleep(0)

    async def run(self) -> None:
        """Write, forget and clean up until cancelled."""
        while True:
            await self.clean_up()
            await self.flush()
            try:
                async with asyncio.timeout(_FLUSH_EVERY):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def flush(self) -> None:
        """Write what changed, and forget in the database who was unbanned; never raises."""
        self._woken.clear()
        async with self._writing:
            try:
                await self._forget_undone()
                await self._write()
            except StorageError as error:
                self._complain(error)
            else:
                self._refused = False

    async def clean_up(self) -> None:
        """Every eight hours, drop what was not seen for too long; never raises."""
        now = self._clock()
        if not self._settings.enable_persist or now - self._cleaned_at < _CLEAN_EVERY:
            return
        self._cleaned_at = now
        before = now - self._settings.persist_duration
        await _unhurried(self._memory.forget_unseen(before))
        try:
            forgotten = await self._store.forget_unseen(before=before)
        except StorageError as error:
            self._complain(error)
        else:
            log.debug("forgot the progress of %d peers", forgotten)

    async def close(self) -> None:
        """Write what is left; never raises."""
        self._stop()
        await self.flush()

    async def _write(self) -> None:
        taken = self._memory.take_dirty()
        if not taken:
            return
        try:
            rows: list[tuple[Key, ProgressRecord]] = []
            for group, records in taken.items():
                for some in _slices(list(records.items())):
                    rows += [((group, start), record.copy()) for start, record in some]
                    await asyncio.sleep(0)
            await self._store.save(rows)
        except BaseException:
            self._memory.give_back(taken)
            raise

    async def _forget_undone(self) -> None:
        undone, self._undone = self._undone, []
        if not undone:
            return
        try:
            # The database first: what is loaded in between must not bring back what is forgotten here.
            if self._settings.enable_persist:
                await self._store.forget(undone)
            await _unhurried(self._memory.forget(undone))
        except BaseException:
            self._undone = undone + self._undone
            raise

    def _on_bans(self, event: BansChanged) -> None:
        """A ban that ends before its time is undone, so its evidence is, too (D-13)."""
        now = self._clock()
        undone = [ban.prefix for ban in event.removed if ban.until > now]
        if not undone:
            return
        if len(undone) <= _AT_ONCE:
            # The next sweep may come before the task.
            next(self._memory.forget(undone), None)
        self._undone += undone
        self._woken.set()

    def _complain(self, error: StorageError) -> None:
        if not self._refused:
            log.warning("the memory of the progress rule is not kept: %s", error)
        self._refused = True


def _slices(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), _SLICE):
        yield items[start : start + _SLICE]


async def _unhurried(work: Iterator[None]) -> None:
    for _ in work:
        await asyncio.sleep(0)
