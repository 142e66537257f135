"""Brings one downloader's ban list in line with ours, and keeps account of what it has confirmed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.domain.address import IPAddress, Prefix, is_single
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.difference import compared, parted
from app.services.enforcement import Enforcement, Standing
from app.services.events import BansChanged, EventBus, JudgedPeer
from app.services.holding import Holding
from app.services.obedience import Obedience
from app.services.ports import Clock, Downloader, DownloaderStore, Push
from app.services.slices import Slices

_MOST_PENDING: Final = 10_000
"""Changes of the list that wait for the next sweep; with more, going through the whole list costs no more."""


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

    def __init__(  # noqa: PLR0913 - composed by hand in one place
        self,
        downloader_id: str,
        downloader: Downloader,
        store: DownloaderStore,
        *,
        ban_list: BanList,
        bus: EventBus,
        remap: Callable[[], Remap],
        clock: Clock,
    ) -> None:
        self._id, self._downloader, self._store = downloader_id, downloader, store
        self._list, self._remap, self._clock = ban_list, remap, clock
        self._holding = Holding()
        self._obedience = Obedience(self._holding, ban_list, clock())
        self._owned: set[Prefix] = set()
        self._owned_loaded = False
        self._counts: tuple[int, int] | None = None
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
        self._holding.forget()
        self._counts = None

    def state_of(self, ban: Ban) -> Enforcement:
        """How far `ban` has come here."""
        prefix = ban.prefix
        if self._obedience.has_stayed(prefix):
            return Enforcement.STILL_THERE
        if self._holding.is_impossible(prefix):
            return Enforcement.NOT_ENFORCEABLE
        listed = self._holding.known and prefix in self._holding
        if not listed or self._obedience.is_waiting(prefix):
            return Enforcement.WAITING
        return Enforcement.ENFORCED

    def standing(self, ban: Ban) -> Standing:
        """The same, since when, and what was tried."""
        return self._obedience.standing(ban.prefix, self.state_of(ban))

    def counts(self) -> tuple[int, int]:
        """Bans confirmed here, and bans in all that it can hold."""
        if self._counts is None:
            possible = self._holding.possible
            confirmed = possible - self._obedience.unconfirmed() if self._holding.known else 0
            self._counts = confirmed, possible
        return self._counts

    def defied(self) -> Mapping[Prefix, IPAddress]:
        """Bans, but no technical ones, for which nothing is left to try, each with a peer that stays all the same.

        Good until the next look.
        """
        return self._obedience.defied

    async def observe(self, listed: Iterable[JudgedPeer], able: Capabilities, at: int) -> None:
        """Look at who is connected though banned, at `at` (epoch ms).

        Confirms what was sent before, and chooses what to try about those who are still there; the next push does it.
        """
        if able.bans:
            slices = Slices()
            present = await self._present(listed, able, slices)
            await self._obedience.see(present, able, at, slices)
        else:
            self._obedience.expect_nothing()
        self._counts = None

    async def _present(
        self, listed: Iterable[JudgedPeer], able: Capabilities, slices: Slices
    ) -> dict[Prefix, dict[IPAddress, None]]:
        """The peers that should be gone, by their ban; lists those whose block cannot be."""
        found: dict[Prefix, dict[IPAddress, None]] = {}
        for judged in listed:
            if slices.due():
                await slices.rest()
            ban = judged.ban
            if ban is None:
                continue
            prefix, host = ban.prefix, judged.peer.address.raw.ip
            if able.prefixes or is_single(prefix) or not self._holding.cover(prefix, host, able):
                found.setdefault(prefix, {})[host] = None
            else:
                self._obedience.await_push(prefix)
        return found

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
        if not able.bans:
            self._holding.settle()
            return False
        if self._holding.known and not self._holding.changed:
            return False
        sent = await self._push()
        # Nothing is added meanwhile: what is banned during a push waits for the next sweep.
        self._holding.settle()
        return sent

    async def _push(self) -> bool:
        everything = not self._holding.known
        wanted = self._holding.wanted
        added: Collection[Prefix]
        if everything:
            # What is held from then on; otherwise no copy, which takes 10 ms for 100,000 bans.
            wanted = wanted.copy()
            removed, unowned = await compared(wanted, self._owned)
            added = wanted.keys()
        else:
            added, removed = await parted(self._holding.changed, wanted, self._holding.held)
            unowned = added - self._owned
        if not everything and not added and not removed:
            self._obedience.need_no_push()  # a wider or equal entry was there already
            self._counts = None
            return False
        # Stored before the push: after a kill in between they must be known as ours.
        await self._store.change_owned(self._id, unowned, ())
        self._owned |= unowned
        push = Push(
            wanted=wanted.keys(),
            added=added,
            removed=removed,
            owned=self._owned,  # no copy either: both change after `apply` only
            everything=everything,
        )
        at = self._clock()
        await self._downloader.apply(push)
        if everything:
            self._holding.replaced(wanted)
        else:
            self._holding.delivered(added, removed)
        self._counts = None
        self._owned -= removed
        await self._store.change_owned(self._id, (), removed)
        self._obedience.sent(at)
        self._counts = None
        return True

    async def _build(self, form: _Form) -> None:
        slices = Slices()
        # Not built until it is done: who is cancelled on the way begins anew.
        self._built_for, self._stale = None, False
        self.forget()
        self._drop_pending()
        before = self._holding.begin_anew()
        for ban in list(self._list):
            if slices.due():
                await slices.rest()
            old, entries = before.pop(ban.prefix, None), form.entries(ban)
            # The same objects where they are equal: to free them all at once takes long.
            self._want(ban.prefix, old if old == entries else entries)
            self._holding.keep_lent(ban.prefix, form.able)
        await self._holding.drop_lent(slices)
        await self._obedience.drop_lifted(slices)
        self._built_for, self._counts = form, None

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
            if self._holding.entries(ban.prefix) != entries:
                self._unwant(ban.prefix)
                self._want(ban.prefix, entries)
        # Only now: who is cancelled on the way does it again, which changes nothing.
        if self._pending and self._pending[0] is event:
            self._pending.popleft()
            self._pending_bans -= len(event.added) + len(event.removed)
        self._counts = None

    def _want(self, prefix: Prefix, entries: tuple[Prefix, ...]) -> None:
        self._holding.want(prefix, entries)
        if entries and not self._holding.holds(prefix):
            self._obedience.await_push(prefix)

    def _unwant(self, prefix: Prefix) -> None:
        self._holding.unwant(prefix)
        self._obedience.lift(prefix)

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
