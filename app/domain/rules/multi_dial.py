"""Bans many addresses of one subnet on one torrent: one leech that dials with many (reference/rules.md 3.8)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from heapq import nsmallest
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

from app.domain.address import IPAddress, Prefix, block_of
from app.domain.reason import Param, Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

MULTI_DIAL: Final = "multi-dialing-blocker"
_SECOND: Final = 1_000
_NAMED: Final = 5
"""Other addresses that a verdict names."""

Group: TypeAlias = tuple[str, str, int]
"""Downloader, info hash, bits of the subnets."""
Seen: TypeAlias = tuple[int, int] | dict[int, int]
"""An address and when it was seen last; of several, the one seen longest ago first."""


class Subnets:
    """Those of one group in which somebody was seen."""

    __slots__ = ("group", "old", "young")

    def __init__(self, group: Group) -> None:
        self.group = group
        # Most subnets have one address, which then stands there without a dict.
        self.young: dict[int, Seen] = {}
        self.old: dict[int, Seen] = {}


class DialMemory:
    """Which addresses of which subnet were seen on which torrent, and which subnets were found out.

    Addresses are their `address_key`, subnets that without its last bits. They live in two generations: whatever was
    looked at is in the young one; when that has half of the room, the old one goes. What is too old goes when its
    subnet is looked at.
    """

    __slots__ = (
        "_groups",
        "_hunted",
        "_more",
        "_most_addresses",
        "_most_subnets",
        "_old_addresses",
        "_subnets",
    )

    def __init__(self, *, most_subnets: int = 65_536, most_addresses: int = 262_144) -> None:
        self._most_subnets, self._most_addresses = most_subnets, most_addresses
        self._groups: dict[Group, Subnets] = {}
        self._subnets = self._more = 0
        """Young ones, and their addresses beyond the first of each."""
        self._old_addresses = 0
        self._hunted: OrderedDict[tuple[Group, int], int] = OrderedDict()

    def __len__(self) -> int:
        """Addresses in all subnets."""
        return self._subnets + self._more + self._old_addresses

    def subnets(self, group: Group) -> Subnets:
        """Where to note who is seen; until `tidy`."""
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = Subnets(group)
        return found

    def see(
        self, there: Subnets, subnet: int, address: int, at: int, lifespan: int, most: int
    ) -> int:
        """Note that `address` was seen; returns how many of its subnet were, within `lifespan` ms.

        Of a subnet only the `most` seen last are kept.
        """
        seen = there.young.get(subnet)
        if seen is not None:
            self._more -= _count(seen) - 1
        else:
            seen = there.old.pop(subnet, None)
            self._subnets += 1
            if seen is None:
                there.young[subnet] = (address, at)
                return 1
            self._old_addresses -= _count(seen)
        oldest = at - lifespan
        if isinstance(seen, tuple) and (seen[0] == address or seen[1] <= oldest):
            there.young[subnet] = (address, at)
            return 1
        several = {seen[0]: seen[1]} if isinstance(seen, tuple) else seen
        _note(several, address, at, oldest, most)
        there.young[subnet] = several
        self._more += len(several) - 1
        return len(several)

    def tidy(self) -> None:
        """Let the old ones go when the young ones need the room; what was just looked at stays in any case."""
        addresses = self._subnets + self._more
        if self._old_addresses and len(self) > self._most_addresses:
            for each in self._groups.values():
                each.old = {}
            self._old_addresses = 0
        elif self._subnets * 2 >= self._most_subnets or addresses * 2 >= self._most_addresses:
            for each in self._groups.values():
                each.old, each.young = each.young, {}
            self._groups = {group: each for group, each in self._groups.items() if each.old}
            self._subnets = self._more = 0
            self._old_addresses = addresses

    def addresses(self, there: Subnets, subnet: int) -> Collection[int]:
        """Those that were seen of a subnet."""
        seen = there.young.get(subnet) or there.old.get(subnet) or ()
        return seen[:1] if isinstance(seen, tuple) else seen.keys()

    def hunt(self, group: Group, subnet: int, at: int) -> None:
        """Note that the subnet was found out, or seen again after that."""
        self._hunted[group, subnet] = at
        self._hunted.move_to_end((group, subnet))
        if len(self._hunted) > self._most_subnets:
            self._hunted.popitem(last=False)

    def hunted(self, group: Group, subnet: int, at: int, lifespan: int) -> bool:
        """Whether it was found out within `lifespan` ms."""
        last = self._hunted.get((group, subnet))
        if last is None:
            return False
        if at - last < lifespan:
            return True
        del self._hunted[group, subnet]
        return False


def _count(seen: Seen) -> int:
    return 1 if isinstance(seen, tuple) else len(seen)


def _note(seen: dict[int, int], address: int, at: int, oldest: int, most: int) -> None:
    """Put the address last, and drop from the front what is too old or too much."""
    seen.pop(address, None)
    seen[address] = at
    while (first := next(iter(seen))) != address and (seen[first] <= oldest or len(seen) > most):
        del seen[first]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiDial:
    """Bans each address of a subnet once more of them than tolerated came to one torrent at one downloader."""

    memory: DialMemory
    """Outlives the rule when its settings change."""
    subnet_mask_length: int = 24
    subnet_mask_v6_length: int = 56
    tolerate_num_ipv4: int = 2
    tolerate_num_ipv6: int = 5
    cache_lifespan: int = 86_400
    """Seconds, as below."""
    keep_hunting: bool = False
    keep_hunting_time: int = 30 * 86_400
    mode: Mode = Mode.SHADOW
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = MULTI_DIAL
    _families: tuple[_Family, _Family] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        families = (
            self._family(32, self.subnet_mask_length, self.tolerate_num_ipv4),
            self._family(128, self.subnet_mask_v6_length, self.tolerate_num_ipv6),
        )
        object.__setattr__(self, "_families", families)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """Count the peers' addresses in; peers of one address count once, those that handshake not at all."""
        four, six = self._families
        lifespan = self.cache_lifespan * _SECOND
        memory, see, found = self.memory, self.memory.see, []
        for run in batch.runs:
            downloader, torrent = run.downloader, run.torrent.hash
            there4 = memory.subnets((downloader, torrent, four.bits))
            there6 = memory.subnets((downloader, torrent, six.bits))
            for sighting, address in zip(
                batch.sightings[run.places], batch.keys[run.places], strict=True
            ):
                family, there = (four, there4) if address >= 0 else (six, there6)
                if sighting.peer.handshaking:
                    found.append(family.handshaking)
                    continue
                subnet = address >> family.shift
                count = see(there, subnet, address, sighting.at, lifespan, family.most)
                if count > family.tolerated or self.keep_hunting:
                    found.append(self._suspect(sighting, there, subnet, family, count))
                else:
                    found.append(family.passing.get(count) or self._pass(family, count))
            memory.tidy()
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The same for one."""
        return self.judge_all(Batch((sighting,)))[0]

    def _suspect(
        self, sighting: Sighting, there: Subnets, subnet: int, family: _Family, count: int
    ) -> Verdict:
        at = sighting.at
        if count > family.tolerated:
            title, reason = "dial-detected", "dial-banned"
        elif self.memory.hunted(there.group, subnet, at, self.keep_hunting_time * _SECOND):
            title, reason = "dial-hunting", "dial-hunted"
        else:
            return family.passing.get(count) or self._pass(family, count)
        self.memory.hunt(there.group, subnet, at)
        seen = self.memory.addresses(there, subnet)
        return self._ban(sighting, seen, family, title, reason)

    def _ban(
        self, sighting: Sighting, seen: Collection[int], family: _Family, title: str, reason: str
    ) -> Verdict:
        endpoint = sighting.peer.address.effective
        ip, count = endpoint.ip, len(seen)
        # By number, so that the same subnet gives the same words.
        others = nsmallest(_NAMED, (key for key in seen if key != endpoint.key), key=abs)
        named = [str(_address(key)) for key in others]
        subnet: Prefix = block_of(ip, family.bits)
        facts: dict[str, Param] = {
            "count": count,
            "limit": family.tolerated,
            "subnet": str(subnet),
            "lifespan_ms": self.cache_lifespan * _SECOND,
            "hunting_ms": self.keep_hunting_time * _SECOND,
        }
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=Text(title),
            reason=Text(reason, facts),
            saw=_saw(count, named),
            allows=family.allows,
            margin=count / family.tolerated if family.tolerated else None,
            data={
                "subnetPeersSize": count,
                "subnet": f"{sighting.torrent.id}@{subnet}",
                "addresses": named,
            },
        )

    def _pass(self, family: _Family, count: int) -> Verdict:
        family.passing[count] = answer = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("pass"),
            saw=_saw_alone(count),
            allows=family.allows,
            margin=count / family.tolerated if family.tolerated else None,
            data={"subnetPeersSize": count},
        )
        return answer

    def _family(self, width: int, bits: int, tolerated: int) -> _Family:
        allows = Text(
            "dial-allows",
            {"limit": tolerated, "bits": bits, "lifespan_ms": self.cache_lifespan * _SECOND},
        )
        handshaking = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("handshaking"),
            saw=Text("saw-not-yet-known"),
            allows=allows,
        )
        return _Family(
            bits, width - bits, tolerated, max(tolerated + 1, 1_024), allows, handshaking
        )


@dataclass(frozen=True, slots=True)
class _Family:
    """What the settings come to for IPv4 or IPv6."""

    bits: int
    shift: int
    tolerated: int
    most: int
    """Addresses that a group keeps; beyond the tolerance, so that it may be exceeded (D-15)."""
    allows: Text
    handshaking: Verdict
    passing: dict[int, Verdict] = field(default_factory=dict)
    """By count: an answer for all who share it."""


def _address(key: int) -> IPAddress:
    return IPv4Address(key) if key >= 0 else IPv6Address(-1 - key)


def _saw(count: int, named: list[str]) -> Text:
    if not named:
        return _saw_alone(count)
    listed: dict[str, Param] = {"count": count, "others": ", ".join(named)}
    return Text("dial-saw-others" if count <= len(named) + 1 else "dial-saw-among", listed)


def _saw_alone(count: int) -> Text:
    return Text("dial-saw-alone") if count == 1 else Text("dial-saw", {"count": count})
