"""Bans addresses that subscribed lists name (reference/rules.md 3.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from app.domain.address import IPAddress
from app.domain.address_list import AddressList
from app.domain.address_lookup import AddressLookup, Place
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

ADDRESS_SUBSCRIPTION: Final = "ip-address-blocker-rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSubscription:
    """The first list that holds the address bans it; also while idle, as an address cannot change (D-36)."""

    lists: tuple[AddressList, ...] = ()
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = ADDRESS_SUBSCRIPTION
    passing: Verdict = field(init=False)
    """The answer for everybody else, made once."""
    _lookup: AddressLookup = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lookup = AddressLookup(self.lists)
        passing = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("pass"),
            saw=Text("saw-address"),
            allows=Text("list-allows", {"count": len(lookup), "lists": len(self.lists)}),
        )
        object.__setattr__(self, "_lookup", lookup)
        object.__setattr__(self, "passing", passing)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many; few are on a list."""
        found = [self.passing] * len(batch)
        if self.lists:
            for at, place in self._lookup.find_many(batch.split).items():
                found[at] = self._listed(batch.endpoints[at].ip, place)
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by address alone."""
        ip = sighting.peer.address.effective.ip
        found = self._lookup.find(ip)
        return self.passing if found is None else self._listed(ip, found)

    def _listed(self, ip: IPAddress, place: Place) -> Verdict:
        listed = self.lists[place[0]]
        entry = listed[place[1]]
        comment = entry.remark
        told = {"address": str(ip), "list": listed.name, "entry": entry.text}
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=Text("rule-list", {"list": listed.name}),
            reason=Text("list-banned-comment", {**told, "comment": comment})
            if comment
            else Text("list-banned", told),
            saw=self.passing.saw,
            allows=self.passing.allows,
            data={"ruleName": listed.name},
        )
