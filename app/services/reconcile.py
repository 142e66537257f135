"""Brings one downloader's ban list in line with ours, and keeps account of what it has confirmed."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.domain.address import Prefix, is_single, single
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.events import BansChanged, EventBus, JudgedPeer
from app.services.ports import Downloader, DownloaderStore, Push
from app.services.slices import Slices

_TRY_AGAIN: Final = 1
_MOST_PENDING: Final = 10_000
"""Changes of the list that wait for the next sweep; with more, going through the whole list costs no more."""
_LARGE: Final = 1_000
"""Entries that take some 2 ms to compare."""


class Enforcement(StrEnum):
    """How far a ban has come at one downloader."""

    WAITING = "waiting"
    """Not sent yet, or sent and not looked at since."""
    ENFORCED = "enforced"
    """Sent, and no peer of it was there at the sweep after."""
    STILL_THERE = "still-there"
    """Sent, and a peer of it is connected all the same."""
    NOT_ENFORCEABLE = "not-enforceable"
    """The downloader has no form for it, such as a block where it knows single addresses only."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How bans are put for one downloader."""

    remap: Remap
    able: Capabilities

    def entries(self, ban: Ban) -> tuple[Prefix, ...]:
        """What stands in its list for `ban`; nothing when it has no form for it."""
        return tuple(filter(self.able.takes, self.remap.entries(ban)))


class Reconciler:
    """What one downloader shall hold, what it is known to hold, and the difference."""

    def __init__(
        self,
        downloader_id: str,
        downloader: Downloader,
        store: DownloaderStore,
        ban_list: BanList,
        bus: EventBus,
        remap: Callable[[], Remap],
    ) -> None:
        self._id, self._downloader, self._store = downloader_id, downloader, store
        self._list, self._remap = ban_list, remap
        self._entries: dict[Prefix, tuple[Prefix, ...]] = {}
        # By how many bans; no Counter, which would hash every entry anew each time it is copied.
        self._wanted: dict[Prefix, int] = {}
        self._hosts: dict[Prefix, set[Prefix]] = {}
        self._held: set[Prefix] = set()
        self._known = False
        self._owned: set[Prefix] = set()
        self._owned_loaded = False
        self._dirty: set[Prefix] = set()
        self._new: set[Prefix] = set()
        self._sent: set[Prefix] = set()
        self._still_there: Counter[Prefix] = Counter()
        self._impossible: set[Prefix] = set()
        self._built_for: _Form | None = None
        self._stale = False
        self._pending: deque[BansChanged] = deque()
        self._pending_bans = 0
        self._unsubscribe = bus.subscribe(BansChanged, self._on_bans_changed)

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()

    def forget(self) -> None:
        """What it holds is not known any more: it restarted, or we logged in anew."""
        self._known = False

    def state_of(self, ban: Ban) -> Enforcement:
        """How far `ban` has come here."""
        prefix = ban.prefix
        if prefix in self._still_there:
            return Enforcement.STILL_THERE
        if prefix in self._impossible and not self._hosts.get(prefix):
            return Enforcement.NOT_ENFORCEABLE
        listed = self._known and prefix in self._entries
        if not listed or prefix in self._new or prefix in self._sent:
            return Enforcement.WAITING
        return Enforcement.ENFORCED

    def counts(self) -> tuple[int, int]:
        """Bans confirmed here, and bans in all that it can hold."""
        possible = len(self._entries) - len(self._impossible)
        if not self._known:
            return 0, possible
        unconfirmed = (self._new | self._sent | set(self._still_there)) - self._impossible
        return possible - len(unconfirmed), possible

    def observe(self, listed: Iterable[JudgedPeer], able: Capabilities) -> None:
        """Look at who is connected though banned: confirms what was sent before, notices who is still there."""
        present: set[Prefix] = set()
        for judged in listed:
            ban = judged.ban
            if ban is None:
                continue
            host = single(judged.peer.address.raw.ip)
            if able.prefixes or is_single(ban.prefix) or not self._cover(ban.prefix, host):
                present.add(ban.prefix)
        for prefix in present:
            if prefix in self._sent or prefix in self._still_there:
                self._still_there[prefix] += 1
                if self._still_there[prefix] == _TRY_AGAIN:
                    self._known = (
                        False  # read back and push in full once; repeating it would not help
                    )
            elif self._known and self._holds(prefix):
                self._still_there[prefix] += 1
                self._known = False
        for prefix in [p for p in self._still_there if p not in present]:
            del self._still_there[prefix]
        self._sent.clear()

    async def catch_up(self, able: Capabilities) -> None:
        """Work out what the downloader shall hold by now; `observe` goes by that."""
        form = _Form(replace(self._remap(), ranges=able.prefixes), able)
        while self._stale or self._pending or form != self._built_for:
            if self._stale or form != self._built_for:
                await self._build(form)
            else:
                await self._absorb(form)

    async def reconcile(self, able: Capabilities) -> bool:
        """Send the difference, if there is any; returns whether something was sent."""
        if not self._owned_loaded:
            self._owned = set(await self._store.owned(self._id))
            self._owned_loaded = True
        await self.catch_up(able)
        if not able.bans or (self._known and not self._dirty):
            return False
        dirty, self._dirty = self._dirty, set()
        try:
            return await self._push(dirty)
        except BaseException:
            self._dirty |= dirty
            raise

    async def _push(self, dirty: Collection[Prefix]) -> bool:
        wanted, new, everything = self._wanted.copy(), set(self._new), not self._known
        added: Collection[Prefix]
        if everything:
            removed, unowned = await _compared(wanted, self._owned)
            added = wanted.keys()
        else:
            added = {e for e in dirty if e in wanted and e not in self._held}
            removed = {e for e in dirty if e not in wanted and e in self._held}
            unowned = added - self._owned
        if not everything and not added and not removed:
            self._new.clear()  # a wider or equal entry was there already
            return False
        # Stored before the push: after a kill in between they must be known as ours.
        await self._store.change_owned(self._id, unowned, ())
        self._owned |= unowned
        push = Push(
            wanted=wanted.keys(),
            added=added,
            removed=removed,
            owned=self._owned,  # no copy, which takes 10 ms for 100,000 bans; it changes after `apply` only
            everything=everything,
        )
        await self._downloader.apply(push)
        if everything:
            self._held = set(wanted)
        else:
            self._held.update(added)
            self._held -= removed
        self._known = True
        self._owned -= removed
        await self._store.change_owned(self._id, (), removed)
        self._sent |= new
        self._new -= new
        return True

    def _holds(self, prefix: Prefix) -> bool:
        entries = (*self._entries.get(prefix, ()), *self._hosts.get(prefix, ()))
        return bool(entries) and all(entry in self._held for entry in entries)

    async def _build(self, form: _Form) -> None:
        slices = Slices()
        # Not built until it is done: who is cancelled on the way begins anew.
        self._built_for, self._stale = None, False
        self._drop_pending()
        self._entries, self._wanted, self._impossible = {}, {}, set()
        for hosts in self._hosts.values():
            self._count(hosts)
        for ban in list(self._list):
            if slices.due():
                await slices.rest()
            self._want(ban.prefix, form.entries(ban))
        self._built_for, self._known = form, False

    async def _absorb(self, form: _Form) -> None:
        """Follow what changed in the list since the last time."""
        slices = Slices()
        event = self._pending[0]
        for ban in event.removed:
            if slices.due():
                await slices.rest()
            self._unwant(ban.prefix)
        for ban in event.added:
            if slices.due():
                await slices.rest()
            entries = form.entries(ban)
            if self._entries.get(ban.prefix) != entries:
                self._unwant(ban.prefix)
                self._want(ban.prefix, entries)
        # Only now: who is cancelled on the way does it again, which changes nothing.
        if self._pending and self._pending[0] is event:
            self._pending.popleft()
            self._pending_bans -= len(event.added) + len(event.removed)

    def _want(self, prefix: Prefix, entries: tuple[Prefix, ...]) -> None:
        self._entries[prefix] = entries
        self._count(entries)
        self._dirty.update(entries)
        if not entries:
            self._impossible.add(prefix)
        elif not self._holds(prefix):
            self._new.add(prefix)

    def _count(self, entries: Iterable[Prefix]) -> None:
        for entry in entries:
            self._wanted[entry] = self._wanted.get(entry, 0) + 1

    def _unwant(self, prefix: Prefix) -> None:
        entries = (*self._entries.pop(prefix, ()), *self._hosts.pop(prefix, ()))
        for entry in entries:
            left = self._wanted.pop(entry, 0) - 1
            if left > 0:
                self._wanted[entry] = left
        self._dirty.update(entries)
        self._impossible.discard(prefix)
        self._new.discard(prefix)
        self._sent.discard(prefix)
        self._still_there.pop(prefix, None)

    def _cover(self, prefix: Prefix, host: Prefix) -> bool:
        """List a connected address of a block that the downloader cannot hold; returns whether it is new."""
        if prefix not in self._entries:
            return False
        hosts = self._hosts.setdefault(prefix, set())
        if host in hosts:
            return False
        hosts.add(host)
        self._count((host,))
        self._dirty.add(host)
        self._new.add(prefix)
        return True

    def _on_bans_changed(self, event: BansChanged) -> None:
        # Not worked in here: a thousand new bans would stop the loop, once for each downloader.
        self._pending.append(event)
        self._pending_bans += len(event.added) + len(event.removed)
        if self._pending_bans > _MOST_PENDING:
            self._drop_pending()
            self._stale = True

    def _drop_pending(self) -> None:
        self._pending.clear()
        self._pending_bans = 0


async def _compared(
    wanted: dict[Prefix, int], owned: set[Prefix]
) -> tuple[set[Prefix], set[Prefix]]:
    """What is owned and not wanted, and what is wanted and not owned."""

    def work() -> tuple[set[Prefix], set[Prefix]]:
        entries = set(wanted)
        return owned - entries, entries - owned

    return await asyncio.to_thread(work) if len(wanted) + len(owned) > _LARGE else work()
