"""The one ban list: what is banned, until when and why; every change is stored before it is shown."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from typing import Any, Final

from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban
from app.domain.prefix_map import PrefixMap
from app.services.events import BansChanged, EventBus
from app.services.ports import BanStore, Clock

_REMEMBERED: Final = 4096
"""Changes; who is further behind looks everything up again."""
_SPARE_ENDS: Final = 1_000
"""Ends of bans that are gone, beyond as many as there are bans, before they are cleared out."""


class BanList:
    """Keyed by prefix; knows each ban's end."""

    def __init__(self, store: BanStore, bus: EventBus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._bans: PrefixMap[Ban] = PrefixMap()
        self._ends: list[tuple[int, int, Ban]] = []
        self._added = 0
        self._changing = asyncio.Lock()
        self._running: set[asyncio.Task[tuple[Ban, ...]]] = set()
        # Which prefixes changed, and with them which generation came; complete for all after `_forgotten`.
        self._changes: deque[tuple[int, Prefix]] = deque()
        self._forgotten = 0
        self.generation = 0
        """Grows with every change."""

    async def load(self) -> None:
        """Read the stored list, without what ended meanwhile, and announce it as no news."""
        now = self._clock()
        ended = []
        for ban in await self._store.load_bans():
            if ban.until < now:
                ended.append(ban.prefix)
            else:
                self._put(ban)
        if ended:
            await self._store.commit_bans((), ended)
        self.generation += 1
        self._forgotten = self.generation
        if self._bans:
            self._bus.publish(BansChanged(added=tuple(self), news=False))

    def __len__(self) -> int:
        return len(self._bans)

    def __iter__(self) -> Iterator[Ban]:
        return self._bans.values()

    def get(self, prefix: Prefix) -> Ban | None:
        """The entry of exactly this prefix."""
        return self._bans.get(prefix)

    def find(self, address: IPAddress) -> Ban | None:
        """The narrowest entry that covers `address`."""
        return self._bans.find(address)

    def find_many(self, keys: Sequence[int]) -> list[Ban | None]:
        """The same for many, given by `address_key`."""
        return self._bans.find_many(keys)

    def within(self, prefix: Prefix) -> list[Ban]:
        """All entries inside `prefix`, itself included."""
        return self._bans.within(prefix)

    def changed_since(self, generation: int) -> frozenset[Prefix] | None:
        """Where other entries stand now than at `generation`; None when that is too long ago to tell."""
        if generation < self._forgotten:
            return None
        found = []
        for number, prefix in reversed(self._changes):
            if number <= generation:
                break
            found.append(prefix)
        return frozenset(found)

    async def add(
        self,
        bans: Sequence[Ban],
        *,
        record: bool = True,
        unless: Callable[[Ban], bool] | None = None,
    ) -> tuple[Ban, ...]:
        """Store `bans`, then list and announce them; an entry of the same prefix is replaced. Returns what was listed.

        Those for which `unless` is true once all earlier changes are done are left out. Without `record` they are no
        news for the history. Raises StorageError, and then nothing is listed.
        """
        return await self._whole(self._add(bans, record, unless)) if bans else ()

    async def remove(
        self,
        prefixes: Collection[Prefix],
        *,
        by_hand: bool = False,
        unless: Callable[[Ban], bool] | None = None,
    ) -> tuple[Ban, ...]:
        """Store, unlist and announce; returns what was there. Raises StorageError, and then nothing is unlisted.

        Entries for which `unless` is true once all earlier changes are done stay.
        """
        return await self._whole(self._remove(prefixes, by_hand, unless)) if prefixes else ()

    async def expire(self) -> tuple[Ban, ...]:
        """Remove the bans whose time is over."""
        now = self._clock()
        due = []
        while self._ends and self._ends[0][0] < now:
            ban = heapq.heappop(self._ends)[2]
            if self._bans.get(ban.prefix) is ban:  # else it was removed or replaced meanwhile
                due.append(ban)
        if not due:
            return ()
        try:
            return await self.remove(
                [ban.prefix for ban in due], unless=lambda ban: ban.until >= now
            )
        except BaseException:
            for ban in due:
                self._remember_end(ban)
            raise

    async def settled(self) -> None:
        """Wait until the changes that were asked for before are done."""
        async with self._changing:
            return

    async def _whole(self, change: Coroutine[Any, Any, tuple[Ban, ...]]) -> tuple[Ban, ...]:
        """Let `change` end also when who waits for it is cancelled: what is stored must be listed, too."""
        task = asyncio.get_running_loop().create_task(change, name="change the ban list")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _add(
        self,
        bans: Sequence[Ban],
        record: bool,  # noqa: FBT001
        unless: Callable[[Ban], bool] | None,
    ) -> tuple[Ban, ...]:
        async with self._changing:
            added = tuple(ban for ban in bans if unless is None or not unless(ban))
            if added:
                await self._store.commit_bans(added, (), record=record)
                for ban in added:
                    self._put(ban)
                self._announce(BansChanged(added=added, news=record))
            return added

    async def _remove(
        self,
        prefixes: Collection[Prefix],
        by_hand: bool,  # noqa: FBT001
        unless: Callable[[Ban], bool] | None,
    ) -> tuple[Ban, ...]:
        async with self._changing:
            listed = (ban for p in dict.fromkeys(prefixes) if (ban := self._bans.get(p)))
            found = tuple(ban for ban in listed if unless is None or not unless(ban))
            if found:
                undone_at = self._clock() if by_hand else None
                gone = [ban.prefix for ban in found]
                await self._store.commit_bans((), gone, undone_at=undone_at)
                for ban in found:
                    self._bans.pop(ban.prefix)
                if len(self._ends) > 2 * len(self._bans) + _SPARE_ENDS:
                    self._ends.clear()
                    for ban in self._bans.values():
                        self._remember_end(ban)
                self._announce(BansChanged(removed=found))
            return found

    def _put(self, ban: Ban) -> None:
        self._bans[ban.prefix] = ban
        self._remember_end(ban)

    def _remember_end(self, ban: Ban) -> None:
        self._added += 1
        heapq.heappush(self._ends, (ban.until, self._added, ban))

    def _announce(self, event: BansChanged) -> None:
        self.generation += 1
        self._changes.extend(
            (self.generation, ban.prefix) for ban in (*event.added, *event.removed)
        )
        while len(self._changes) > _REMEMBERED:
            self._forgotten = self._changes.popleft()[0]
        self._bus.publish(event)
