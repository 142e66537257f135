"""What becomes of the bans that one downloader was sent, and what is tried about peers that stay all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from app.domain.address import IPAddress, Prefix
from app.domain.capabilities import Capabilities
from app.services.ban_list import BanList
from app.services.difference import count_of_any
from app.services.enforcement import Case, Enforcement, Standing, Step
from app.services.holding import Holding
from app.services.slices import Slices

_RESEND_EVERY: Final = 60_000
"""Milliseconds between two times that everything is sent for the sake of peers that stay; each is much work."""


class Obedience:
    """Follows each ban: it is new, sent, and then confirmed, or a case while a peer of it stays."""

    def __init__(self, holding: Holding, ban_list: BanList, began: int) -> None:
        self._holding, self._list, self._began = holding, ban_list, began
        self._new: set[Prefix] = set()
        # Sent by the last push, and not looked at since.
        self._sent: set[Prefix] = set()
        self._sent_at = 0
        # Of bans of this run: when they were sent, and after how many seconds nobody was there.
        self._confirmed: dict[Prefix, tuple[int, float]] = {}
        self._cases: dict[Prefix, Case] = {}
        self._defied: dict[Prefix, IPAddress] = {}
        self._resent_at: int | None = None

    @property
    def defied(self) -> Mapping[Prefix, IPAddress]:
        """Bans, but no technical ones, for which nothing is left to try, each with a peer that stays all the same."""
        return self._defied

    def is_waiting(self, ban: Prefix) -> bool:
        """Whether it was not sent, or not looked at since."""
        return ban in self._new or ban in self._sent

    def has_stayed(self, ban: Prefix) -> bool:
        """Whether a peer of it was there at the last look."""
        case = self._cases.get(ban)
        return case is not None and case.present

    def standing(self, ban: Prefix, state: Enforcement) -> Standing:
        """`state` with since when, and what was tried."""
        case = self._cases.get(ban)
        attempts = 0 if case is None else case.attempts
        since, after = self._confirmed.get(ban, (self._when_sent(ban), None))
        if since is None and case is not None:
            since = case.sent_at
        if state is not Enforcement.ENFORCED:
            after = None
        return Standing(state=state, since=since, after=after, attempts=attempts)

    def unconfirmed(self) -> int:
        """How many bans wait or are not obeyed, of those that the downloader has a form for."""
        present = (ban for ban, case in self._cases.items() if case.present)
        return count_of_any(self._new, self._sent, present, self._holding.impossible)

    def await_push(self, ban: Prefix) -> None:
        """It is new, or something is listed for it that is."""
        self._new.add(ban)

    def need_no_push(self) -> None:
        """All that is new was there already."""
        self._new.clear()

    def sent(self, at: int) -> None:
        """All that is new was sent at `at` (epoch ms)."""
        self._sent = self._sent | self._new if self._sent else self._new
        self._sent_at, self._new = at, set()

    def lift(self, ban: Prefix) -> None:
        """It is no longer listed, or in another form."""
        self._new.discard(ban)
        self._sent.discard(ban)
        self._confirmed.pop(ban, None)
        self._cases.pop(ban, None)
        self._defied.pop(ban, None)

    async def drop_lifted(self, slices: Slices) -> None:
        """Whatever is known of bans that are no longer listed."""
        known: tuple[dict[Prefix, Any], ...] = self._confirmed, self._cases, self._defied
        for each in known:
            for ban in list(each):
                if slices.due():
                    await slices.rest()
                if ban not in self._holding:
                    del each[ban]
        for some in (self._new, self._sent):
            for ban in list(some):
                if slices.due():
                    await slices.rest()
                if ban not in self._holding:
                    some.remove(ban)

    def expect_nothing(self) -> None:
        """The downloader cannot ban: whoever stays is no case."""
        self._cases.clear()
        self._defied.clear()
        self._sent.clear()

    async def see(
        self,
        present: Mapping[Prefix, Collection[IPAddress]],
        able: Capabilities,
        at: int,
        slices: Slices,
    ) -> None:
        """At `at` (epoch ms) these were there, by their ban: chooses what to try, and confirms all other bans."""
        await self._meet(present, able, at, slices)
        await self._confirm_others(present, at, slices)
        self._sent.clear()

    async def _meet(
        self,
        present: Mapping[Prefix, Collection[IPAddress]],
        able: Capabilities,
        at: int,
        slices: Slices,
    ) -> None:
        known = self._holding.known  # else all is sent anew anyway
        for ban, hosts in present.items():
            if slices.due():
                await slices.rest()
            case = self._cases.get(ban)
            if case is None:
                if ban not in self._sent and not (known and self._holding.holds(ban)):
                    continue
                case = self._cases[ban] = Case(self._when_sent(ban))
            case.seen(next(iter(hosts)), at)
            if known:
                self._try(ban, case, hosts, able, at)
            if case.reported and case.host is not None and not self._is_technical(ban):
                self._defied[ban] = case.host

    def _try(
        self,
        ban: Prefix,
        case: Case,
        hosts: Collection[IPAddress],
        able: Capabilities,
        at: int,
    ) -> None:
        if case.next_step is Step.RESEND:
            # For those who are met soon after, it was tried then.
            if self._resent_at is None or at - self._resent_at >= _RESEND_EVERY:
                self._holding.forget()
                self._resent_at = at
            case.tried(at)
        elif self._holding.add_forms(ban, hosts, able):
            case.tried(at)
        else:
            case.reported = True

    async def _confirm_others(self, present: Collection[Prefix], at: int, slices: Slices) -> None:
        for ban, case in self._cases.items():
            if slices.due():
                await slices.rest()
            if ban not in present and case.present:
                case.present = False
                self._defied.pop(ban, None)
                self._confirm(ban, case.sent_at, at)
        for ban in self._sent:
            if slices.due():
                await slices.rest()
            if ban not in present:
                self._confirm(ban, self._sent_at, at)

    def _confirm(self, prefix: Prefix, sent_at: int | None, at: int) -> None:
        ban = self._list.get(prefix)
        # Of those of earlier runs, which may be many, nobody asks how long it took.
        if sent_at is not None and ban is not None and ban.since >= self._began:
            self._confirmed[prefix] = (sent_at, max(0, at - sent_at) / 1000)

    def _when_sent(self, ban: Prefix) -> int | None:
        return self._sent_at if ban in self._sent else None

    def _is_technical(self, prefix: Prefix) -> bool:
        ban = self._list.get(prefix)
        return ban is not None and ban.disconnect
