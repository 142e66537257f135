"""The entries that one downloader shall hold for each ban, and those that it is known to hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from app.domain.address import IPAddress, Prefix
from app.domain.capabilities import Capabilities
from app.services.enforcement import forms, other_forms
from app.services.slices import Slices

_MOST_COVERED: Final = 4_096
"""Addresses that are listed one by one for a block that the downloader cannot hold; the oldest makes way."""


class Holding:
    """What is wanted there, ban by ban and in all, beside what was delivered."""

    def __init__(self) -> None:
        self._own: dict[Prefix, tuple[Prefix, ...]] = {}
        # Beside the own entries of a ban, in the order in which they came.
        self._lent: dict[Prefix, dict[Prefix, None]] = {}
        # By how many bans; no Counter, which would hash every entry anew each time it is copied.
        self._wanted: dict[Prefix, int] = {}
        self._held: dict[Prefix, int] = {}
        self._changed: set[Prefix] = set()
        self._impossible: set[Prefix] = set()
        self._known = False

    def __contains__(self, ban: Prefix) -> bool:
        return ban in self._own

    @property
    def known(self) -> bool:
        """Whether it is known what the downloader holds."""
        return self._known

    @property
    def wanted(self) -> dict[Prefix, int]:
        """All entries, by how many bans."""
        return self._wanted

    @property
    def held(self) -> Mapping[Prefix, int]:
        """What was delivered; the truth while it is `known`."""
        return self._held

    @property
    def changed(self) -> Collection[Prefix]:
        """Where `wanted` and `held` may differ while that is known."""
        return self._changed

    @property
    def impossible(self) -> Collection[Prefix]:
        """Bans for which the downloader has no form."""
        return self._impossible

    @property
    def possible(self) -> int:
        """How many others there are."""
        return len(self._own) - len(self._impossible)

    def entries(self, ban: Prefix) -> tuple[Prefix, ...] | None:
        """The own entries of `ban`; None when it is not listed."""
        return self._own.get(ban)

    def is_impossible(self, ban: Prefix) -> bool:
        """Whether nothing is listed for it, as the downloader has no form for it."""
        return ban in self._impossible and not self._lent.get(ban)

    def holds(self, ban: Prefix) -> bool:
        """Whether all that is wanted for it was delivered."""
        entries = (*self._own.get(ban, ()), *self._lent.get(ban, ()))
        return bool(entries) and all(entry in self._held for entry in entries)

    def want(self, ban: Prefix, entries: tuple[Prefix, ...]) -> None:
        """List a ban that is not listed yet, as `entries`; none when the downloader has no form for it."""
        self._own[ban] = entries
        self._count(entries)
        self._touch(entries)
        if not entries:
            self._impossible.add(ban)

    def unwant(self, ban: Prefix) -> None:
        """List it no more, nor what was lent to it."""
        self._discount((*self._own.pop(ban, ()), *self._lent.pop(ban, ())))
        self._impossible.discard(ban)

    def cover(self, block: Prefix, host: IPAddress, able: Capabilities) -> bool:
        """List a connected address of a block that the downloader cannot hold; returns whether it is new."""
        form = next(filter(able.takes, forms(host)), None)
        lent = self._lent.get(block, {})
        if block not in self._own or form is None or form in lent:
            return False
        if len(lent) >= _MOST_COVERED:
            oldest = next(iter(lent))
            del lent[oldest]
            self._discount((oldest,))
        self._lend(block, (form,))
        return True

    def add_forms(self, ban: Prefix, hosts: Collection[IPAddress], able: Capabilities) -> bool:
        """List `hosts` in the forms that are not listed yet, too; returns whether there are any."""
        found = other_forms(hosts, able, self._wanted, len(self._lent.get(ban, ())))
        if found:
            self._lend(ban, found)
        return bool(found)

    def begin_anew(self) -> dict[Prefix, tuple[Prefix, ...]]:
        """Forget all but what was lent and delivered; returns the own entries of each ban."""
        before, self._own, self._wanted, self._impossible = self._own, {}, {}, set()
        self._known = False
        return before

    def keep_lent(self, ban: Prefix, able: Capabilities) -> None:
        """After `begin_anew`: list what was lent to it, too, as far as the downloader takes it."""
        lent = self._lent.get(ban)
        if lent:
            lent = dict.fromkeys(filter(able.takes, lent))
            self._lent[ban] = lent
            self._count(lent)

    async def drop_lent(self, slices: Slices) -> None:
        """Forget what was lent to bans that are no longer listed."""
        for ban in list(self._lent):
            if slices.due():
                await slices.rest()
            if ban not in self._own:
                del self._lent[ban]

    def forget(self) -> None:
        """What it holds is not known any more."""
        self._known = False

    def replaced(self, entries: dict[Prefix, int]) -> None:
        """It holds these and nothing else of ours."""
        self._held, self._known = entries, True

    def delivered(self, added: Iterable[Prefix], removed: Iterable[Prefix]) -> None:
        """It took these in and let those go."""
        self._held.update(dict.fromkeys(added, 1))
        for entry in removed:
            del self._held[entry]

    def settle(self) -> None:
        """All that changed is delivered."""
        self._changed.clear()

    def _lend(self, ban: Prefix, entries: Collection[Prefix]) -> None:
        """List these, too, for as long as the ban lasts."""
        self._lent.setdefault(ban, {}).update(dict.fromkeys(entries))
        self._count(entries)
        self._touch(entries)

    def _count(self, entries: Iterable[Prefix]) -> None:
        for entry in entries:
            self._wanted[entry] = self._wanted.get(entry, 0) + 1

    def _discount(self, entries: Collection[Prefix]) -> None:
        for entry in entries:
            left = self._wanted.pop(entry, 0) - 1
            if left > 0:
                self._wanted[entry] = left
        self._touch(entries)

    def _touch(self, entries: Iterable[Prefix]) -> None:
        """Look at these with the next push; one that sends everything does so anyway."""
        if self._known:
            self._changed.update(entries)
