"""Brings one downloader's ban list in line with ours, and keeps account of what it has confirmed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.address import IPAddress, Prefix, is_single
from app.domain.ban import Ban
from app.domain.capabilities import Capabilities
from app.domain.remap import Remap
from app.services.ban_list import BanList
from app.services.difference import compared, count_of_any, parted
from app.services.enforcement import Case, Enforcement, Standing, Step, forms, other_forms
from app.services.events import BansChanged, EventBus, JudgedPeer
from app.services.ports import Clock, Downloader, DownloaderStore, Push
from app.services.slices import Slices

_MOST_PENDING: Final = 10_000
"""Changes of the list that wait for the next sweep; with more, going through the whole list costs no more."""
_MOST_COVERED: Final = 4_096
"""Addresses that are listed one by one for a block that the downloader cannot hold; the oldest makes way."""
_RESEND_EVERY: Final = 60_000
"""Milliseconds between two times that everything is sent for the sake of peers that stay; each is much work."""


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
        self._began = clock()
        self._entries: dict[Prefix, tuple[Prefix, ...]] = {}
        # By how many bans; no Counter, which would hash every entry anew each time it is copied.
        self._wanted: dict[Prefix, int] = {}
        # Beside the entries of a ban, in the order in which they came.
        self._hosts: dict[Prefix, dict[Prefix, None]] = {}
        self._held: dict[Prefix, int] = {}
        self._known = False
        self._owned: set[Prefix] = set()
        self._owned_loaded = False
        self._dirty: set[Prefix] = set()
        self._new: set[Prefix] = set()
        # Sent by the last push, and not looked at since.
        self._sent: set[Prefix] = set()
        self._sent_at = 0
        # Of bans of this run: when they were sent, and after how many seconds nobody was there.
        self._confirmed: dict[Prefix, tuple[int, float]] = {}
        self._cases: dict[Prefix, Case] = {}
        self._defied: dict[Prefix, IPAddress] = {}
        self._resent_at: int | None = None
        self._impossible: set[Prefix] = set()
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
        self._known, self._counts = False, None

    def state_of(self, ban: Ban) -> Enforcement:
        """How far `ban` has come here."""
        prefix = ban.prefix
        case = self._cases.get(prefix)
        if case is not None and case.present:
            return Enforcement.STILL_THERE
        if prefix in self._impossible and not self._hosts.get(prefix):
            return Enforcement.NOT_ENFORCEABLE
        listed = self._known and prefix in self._entries
        if not listed or prefix in self._new or prefix in self._sent:
            return Enforcement.WAITING
        return Enforcement.ENFORCED

    def standing(self, ban: Ban) -> Standing:
        """The same, since when, and what was tried."""
        prefix, state = ban.prefix, self.state_of(ban)
        case = self._cases.get(prefix)
        attempts = 0 if case is None else case.attempts
        since, after = self._confirmed.get(prefix, (self._when_sent(prefix), None))
        if since is None and case is not None:
            since = case.sent_at
        if state is not Enforcement.ENFORCED:
            after = None
        return Standing(state=state, since=since, after=after, attempts=attempts)

    def counts(self) -> tuple[int, int]:
        """Bans confirmed here, and bans in all that it can hold."""
        if self._counts is None:
            self._counts = self._counted()
        return self._counts

    def _counted(self) -> tuple[int, int]:
        possible = len(self._entries) - len(self._impossible)
        if not self._known:
            return 0, possible
        present = (prefix for prefix, case in self._cases.items() if case.present)
        waiting = count_of_any(self._new, self._sent, present, self._impossible)
        return possible - waiting, possible

    def defied(self) -> Mapping[Prefix, IPAddress]:
        """Bans, but no technical ones, for which nothing is left to try, each with a peer that stays all the same.

        Good until the next look.
        """
        return self._defied

    async def observe(self, listed: Iterable[JudgedPeer], able: Capabilities, at: int) -> None:
        """Look at who is connected though banned, at `at` (epoch ms).

        Confirms what was sent before, and chooses what to try about those who are still there; the next push does it.
        """
        if able.bans:
            slices = Slices()
            present = await self._present(listed, able, slices)
            await self._meet(present, able, at, slices)
            await self._confirm_others(present, at, slices)
        else:
            self._cases.clear()
            self._defied.clear()
        self._sent.clear()
        self._counts = None

    async def _meet(
        self,
        present: Mapping[Prefix, Collection[IPAddress]],
        able: Capabilities,
        at: int,
        slices: Slices,
    ) -> None:
        known = self._known  # else all is sent anew anyway
        for prefix, hosts in present.items():
            if slices.due():
                await slices.rest()
            case = self._cases.get(prefix)
            if case is None:
                if prefix not in self._sent and not (known and self._holds(prefix)):
                    continue
                case = self._cases[prefix] = Case(self._when_sent(prefix))
            case.seen(next(iter(hosts)), at)
            if known:
                self._try(prefix, case, hosts, able, at)
            if case.reported and case.host is not None and not self._is_technical(prefix):
                self._defied[prefix] = case.host

    async def _confirm_others(self, present: Collection[Prefix], at: int, slices: Slices) -> None:
        for prefix, case in self._cases.items():
            if slices.due():
                await slices.rest()
            if prefix not in present and case.present:
                case.present = False
                self._defied.pop(prefix, None)
                self._confirm(prefix, case.sent_at, at)
        for prefix in self._sent:
            if slices.due():
                await slices.rest()
            if prefix not in present:
                self._confirm(prefix, self._sent_at, at)

    async def _present(
        self, listed: Iterable[JudgedPeer], able: Capabilities, slices: Slices
    ) -> dict[Prefix, dict[IPAddress, None]]:
        """The peers that should be gone, by their ban."""
        found: dict[Prefix, dict[IPAddress, None]] = {}
        for judged in listed:
            if slices.due():
                await slices.rest()
            ban = judged.ban
            if ban is None:
                continue
            host = judged.peer.address.raw.ip
            if able.prefixes or is_single(ban.prefix) or not self._cover(ban.prefix, host, able):
                found.setdefault(ban.prefix, {})[host] = None
        return found

    def _try(
        self,
        prefix: Prefix,
        case: Case,
        hosts: Collection[IPAddress],
        able: Capabilities,
        at: int,
    ) -> None:
        if case.next_step is Step.RESEND:
            # For those who are met soon after, it was tried then.
            if self._resent_at is None or at - self._resent_at >= _RESEND_EVERY:
                self._known, self._resent_at = False, at
            case.tried(at)
            return
        extra = len(self._hosts.get(prefix, ()))
        found = other_forms(hosts, able, self._wanted, extra)
        if found:
            self._lend(prefix, found)
            case.tried(at)
        else:
            case.reported = True

    def _when_sent(self, prefix: Prefix) -> int | None:
        return self._sent_at if prefix in self._sent else None

    def _is_technical(self, prefix: Prefix) -> bool:
        ban = self._list.get(prefix)
        return ban is not None and ban.disconnect

    def _confirm(self, prefix: Prefix, sent_at: int | None, at: int) -> None:
        ban = self._list.get(prefix)
        # Of those of earlier runs, which may be many, nobody asks how long it took.
        if sent_at is not None and ban is not None and ban.since >= self._began:
            self._confirmed[prefix] = (sent_at, max(0, at - sent_at) / 1000)

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
            self._dirty.clear()
            return False
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
        wanted = self._wanted
        added: Collection[Prefix]
        if everything:
            # What is held from then on; otherwise no copy, which takes 10 ms for 100,000 bans.
            wanted = wanted.copy()
            removed, unowned = await compared(wanted, self._owned)
            added = wanted.keys()
        else:
            added, removed = await parted(dirty, wanted, self._held)
            unowned = added - self._owned
        if not everything and not added and not removed:
            self._new.clear()  # a wider or equal entry was there already
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
            self._held = wanted
        else:
            self._held.update(dict.fromkeys(added, 1))
            for entry in removed:
                del self._held[entry]
        self._known, self._counts = True, None
        self._owned -= removed
        await self._store.change_owned(self._id, (), removed)
        # Nothing came to them meanwhile: what is banned during a push waits for the next sweep.
        self._sent = self._sent | self._new if self._sent else self._new
        self._sent_at = at
        self._new, self._counts = set(), None
        return True

    def _holds(self, prefix: Prefix) -> bool:
        entries = (*self._entries.get(prefix, ()), *self._hosts.get(prefix, ()))
        return bool(entries) and all(entry in self._held for entry in entries)

    async def _build(self, form: _Form) -> None:
        slices = Slices()
        # Not built until it is done: who is cancelled on the way begins anew.
        self._built_for, self._stale = None, False
        self.forget()
        self._drop_pending()
        before, self._entries, self._wanted, self._impossible = self._entries, {}, {}, set()
        for ban in list(self._list):
            if slices.due():
                await slices.rest()
            old, entries = before.pop(ban.prefix, None), form.entries(ban)
            # The same objects where they are equal: to free them all at once takes long.
            self._want(ban.prefix, old if old == entries else entries)
            extra = self._hosts.get(ban.prefix)
            if extra:
                extra = dict.fromkeys(filter(form.able.takes, extra))
                self._hosts[ban.prefix] = extra
                self._count(extra)
        await self._forget_lifted(slices)
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
            if self._entries.get(ban.prefix) != entries:
                self._unwant(ban.prefix)
                self._want(ban.prefix, entries)
        # Only now: who is cancelled on the way does it again, which changes nothing.
        if self._pending and self._pending[0] is event:
            self._pending.popleft()
            self._pending_bans -= len(event.added) + len(event.removed)
        self._counts = None

    def _want(self, prefix: Prefix, entries: tuple[Prefix, ...]) -> None:
        self._entries[prefix] = entries
        self._count(entries)
        self._touch(entries)
        if not entries:
            self._impossible.add(prefix)
        elif not self._holds(prefix):
            self._new.add(prefix)

    def _count(self, entries: Iterable[Prefix]) -> None:
        for entry in entries:
            self._wanted[entry] = self._wanted.get(entry, 0) + 1

    def _discount(self, entries: Iterable[Prefix]) -> None:
        for entry in entries:
            left = self._wanted.pop(entry, 0) - 1
            if left > 0:
                self._wanted[entry] = left
        self._touch(entries)

    def _touch(self, entries: Iterable[Prefix]) -> None:
        """Look at these with the next push; one that sends everything does so anyway."""
        if self._known:
            self._dirty.update(entries)

    def _unwant(self, prefix: Prefix) -> None:
        entries = (*self._entries.pop(prefix, ()), *self._hosts.pop(prefix, ()))
        self._discount(entries)
        self._impossible.discard(prefix)
        self._new.discard(prefix)
        self._sent.discard(prefix)
        self._confirmed.pop(prefix, None)
        self._cases.pop(prefix, None)
        self._defied.pop(prefix, None)

    async def _forget_lifted(self, slices: Slices) -> None:
        """Whatever is known of bans that are no longer listed."""
        known: tuple[dict[Prefix, Any], ...]
        known = self._hosts, self._confirmed, self._cases, self._defied
        for each in known:
            for prefix in list(each):
                if slices.due():
                    await slices.rest()
                if prefix not in self._entries:
                    del each[prefix]
        for some in (self._new, self._sent):
            for prefix in list(some):
                if slices.due():
                    await slices.rest()
                if prefix not in self._entries:
                    some.remove(prefix)

    def _cover(self, prefix: Prefix, host: IPAddress, able: Capabilities) -> bool:
        """List a connected address of a block that the downloader cannot hold; returns whether it is new."""
        form = next(filter(able.takes, forms(host)), None)
        listed = self._hosts.get(prefix, {})
        if prefix not in self._entries or form is None or form in listed:
            return False
        if len(listed) >= _MOST_COVERED:
            oldest = next(iter(listed))
            del listed[oldest]
            self._discount((oldest,))
        self._lend(prefix, (form,))
        self._new.add(prefix)
        return True

    def _lend(self, prefix: Prefix, entries: Collection[Prefix]) -> None:
        """List these, too, for as long as the ban lasts."""
        self._hosts.setdefault(prefix, {}).update(dict.fromkeys(entries))
        self._count(entries)
        self._touch(entries)

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
