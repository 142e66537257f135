"""Brings one downloader's ban list in line with ours, and keeps account of what it has confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import Final

from app.domain.address import Prefix, is_single, single
from app.domain.ban import Ban
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.events import BansChanged, EventBus, JudgedPeer
from app.services.judge import Slices
from app.services.ports import Downloader, DownloaderStore, Push

_TRY_AGAIN: Final = 1


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
        self._wanted: Counter[Prefix] = Counter()
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
        self._built_for: Remap | None = None
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
        if not self._known or prefix in self._new or prefix in self._sent:
            return Enforcement.WAITING
        return Enforcement.ENFORCED

    def counts(self) -> tuple[int, int]:
        """Bans confirmed here, and bans in all that it can hold."""
        possible = len(self._entries) - len(self._impossible)
        if not self._known:
            return 0, possible
        unconfirmed = (self._new | self._sent | set(self._still_there)) - self._impossible
        return possible - len(unconfirmed), possible

    def observe(self, listed: Iterable[JudgedPeer], *, ranges: bool) -> None:
        """Look at who is connected though banned: confirms what was sent before, notices who is still there."""
        present: set[Prefix] = set()
        for judged in listed:
            ban = judged.ban
            if ban is None:
                continue
            present.add(ban.prefix)
            if not ranges and not is_single(ban.prefix):
                self._cover(ban, single(judged.peer.address.raw.ip))
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

    async def reconcile(self, *, ranges: bool) -> bool:
        """Send the difference, if there is any; returns whether something was sent."""
        if not self._owned_loaded:
            self._owned = set(await self._store.owned(self._id))
            self._owned_loaded = True
        remap = self._remap()
        remap = Remap(ipv4=remap.ipv4, ipv6=remap.ipv6, ranges=ranges)
        if remap != self._built_for:
            await self._build(remap)
        if self._known and not self._dirty:
            return False
        dirty, self._dirty = self._dirty, set()
        try:
            return await self._push(dirty)
        except BaseException:
            self._dirty |= dirty
            raise

    async def _push(self, dirty: Collection[Prefix]) -> bool:
        everything = not self._known
        if everything:
            added = set(self._wanted)
            removed = self._owned - added
        else:
            added = {e for e in dirty if e in self._wanted and e not in self._held}
            removed = {e for e in dirty if e not in self._wanted and e in self._held}
        if not everything and not added and not removed:
            self._new.clear()  # a wider or equal entry was there already
            return False
        # Stored before the push: after a kill in between they must be known as ours.
        await self._store.change_owned(self._id, added - self._owned, ())
        self._owned |= added
        push = Push(
            wanted=frozenset(self._wanted),
            added=frozenset(added),
            removed=frozenset(removed),
            owned=frozenset(self._owned),
            everything=everything,
        )
        new = set(self._new)
        await self._downloader.apply(push)
        self._held = set(push.wanted) if everything else (self._held | added) - removed
        self._known = True
        self._owned -= removed
        await self._store.change_owned(self._id, (), removed)
        self._sent |= new
        self._new -= new
        return True

    def _holds(self, prefix: Prefix) -> bool:
        entries = (*self._entries.get(prefix, ()), *self._hosts.get(prefix, ()))
        return bool(entries) and all(entry in self._held for entry in entries)

    async def _build(self, remap: Remap) -> None:
        slices = Slices()
        self._entries, self._wanted, self._impossible = {}, Counter(), set()
        self._built_for = remap
        for ban in list(self._list):
            if slices.due():
                await slices.rest()
            if self._list.get(ban.prefix) is ban and ban.prefix not in self._entries:
                self._want(ban, remap)
        for hosts in self._hosts.values():
            self._wanted.update(hosts)
        self._dirty |= self._held ^ set(self._wanted)

    def _want(self, ban: Ban, remap: Remap) -> None:
        entries = remap.entries(ban)
        if not remap.ranges:
            entries = tuple(entry for entry in entries if is_single(entry))
        if not entries:
            self._impossible.add(ban.prefix)
        self._entries[ban.prefix] = entries
        self._wanted.update(entries)
        self._dirty.update(entries)
        self._new.add(ban.prefix)

    def _unwant(self, prefix: Prefix) -> None:
        entries = (*self._entries.pop(prefix, ()), *self._hosts.pop(prefix, ()))
        for entry in entries:
            self._wanted[entry] -= 1
            if self._wanted[entry] <= 0:
                del self._wanted[entry]
        self._dirty.update(entries)
        self._impossible.discard(prefix)
        self._new.discard(prefix)
        self._sent.discard(prefix)
        self._still_there.pop(prefix, None)

    def _cover(self, ban: Ban, host: Prefix) -> None:
        """List a connected address of a block that the downloader cannot hold as such."""
        hosts = self._hosts.setdefault(ban.prefix, set())
        if host not in hosts and ban.prefix in self._entries:
            hosts.add(host)
            self._wanted[host] += 1
            self._dirty.add(host)

    def _on_bans_changed(self, event: BansChanged) -> None:
        remap = self._built_for
        if remap is None:
            return
        for ban in event.removed:
            self._unwant(ban.prefix)
        for ban in event.added:
            self._unwant(ban.prefix)
            self._want(ban, remap)
