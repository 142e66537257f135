"""Bans many addresses of one subnet on one torrent: one leech that dials with many (reference/rules.md 3.8)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

from app.domain.address import Prefix, block_of
from app.domain.reason import Param, Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

MULTI_DIAL: Final = "multi-dialing-blocker"
_SECOND: Final = 1_000
_NAMED: Final = 5
"""Other addresses that a verdict names."""

GroupKey: TypeAlias = tuple[str, str, int, int, int]
"""Downloader, info hash, IP version, bits of the subnet, its number."""


class DialMemory:
    """Which addresses of which subnet were seen on which torrent, and which subnets were found out.

    Bounded by forgetting what was not asked for longest. What is too old goes when its group is looked at.
    """

    __slots__ = ("_addresses", "_groups", "_hunted", "_most_addresses", "_most_groups")

    def __init__(self, *, most_groups: int = 32_768, most_addresses: int = 262_144) -> None:
        self._groups: OrderedDict[GroupKey, dict[int, int]] = OrderedDict()
        self._hunted: OrderedDict[GroupKey, int] = OrderedDict()
        self._most_groups, self._most_addresses = most_groups, most_addresses
        self._addresses = 0

    def __len__(self) -> int:
        """Addresses in all groups."""
        return self._addresses

    def see(
        self, key: GroupKey, address: int, at: int, lifespan: int, most: int
    ) -> Mapping[int, int]:
        """Note that `address` was seen; returns when each of its group was seen last, within `lifespan` ms.

        Of a group only the `most` seen last are kept.
        """
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = {address: at}
            self._addresses += 1
            self._make_room()
            return self._groups[key]
        self._groups.move_to_end(key)
        # The one seen longest ago stands first.
        known = group.pop(address, None)
        group[address] = at
        if known is None:
            self._addresses += 1
        oldest = at - lifespan
        while True:
            first = next(iter(group))
            if group[first] > oldest and len(group) <= most:
                break
            del group[first]
            self._addresses -= 1
        if known is None:
            self._make_room()
        return group

    def hunt(self, key: GroupKey, at: int) -> None:
        """Note that the subnet was found out, or seen again after that."""
        self._hunted[key] = at
        self._hunted.move_to_end(key)
        if len(self._hunted) > self._most_groups:
            self._hunted.popitem(last=False)

    def hunted(self, key: GroupKey, at: int, lifespan: int) -> bool:
        """Whether it was found out within `lifespan` ms."""
        last = self._hunted.get(key)
        if last is None:
            return False
        if at - last < lifespan:
            return True
        del self._hunted[key]
        return False

    def _make_room(self) -> None:
        # One group stays: that which was asked for just now.
        while len(self._groups) > self._most_groups or (
            self._addresses > self._most_addresses and len(self._groups) > 1
        ):
            self._addresses -= len(self._groups.popitem(last=False)[1])


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
    _families: dict[int, _Family] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        families = {
            4: self._family(32, self.subnet_mask_length, self.tolerate_num_ipv4),
            6: self._family(128, self.subnet_mask_v6_length, self.tolerate_num_ipv6),
        }
        object.__setattr__(self, "_families", families)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """See BehaviourRule."""
        return list(map(self.judge, batch.sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        """Count the peer's address in; peers of one address count once, those that handshake not at all."""
        peer, torrent, at = sighting.peer, sighting.torrent, sighting.at
        ip = peer.address.effective.ip
        version = 4 if isinstance(ip, IPv4Address) else 6
        family = self._families[version]
        if peer.handshaking:
            return family.handshaking
        number = int(ip)
        key = (
            sighting.downloader,
            torrent.hash,
            version,
            family.bits,
            number >> family.shift,
        )
        seen = self.memory.see(key, number, at, self.cache_lifespan * _SECOND, family.most)
        count = len(seen)
        if count > family.tolerated:
            self.memory.hunt(key, at)
            return self._ban(sighting, seen, family, "dial-detected", "dial-banned")
        if self.keep_hunting and self.memory.hunted(key, at, self.keep_hunting_time * _SECOND):
            self.memory.hunt(key, at)
            return self._ban(sighting, seen, family, "dial-hunting", "dial-hunted")
        return family.passing.get(count) or self._pass(family, count)

    def _ban(
        self, sighting: Sighting, seen: Mapping[int, int], family: _Family, title: str, reason: str
    ) -> Verdict:
        ip = sighting.peer.address.ip
        own, count = int(ip), len(seen)
        # By number, so that the same group gives the same words.
        others = nsmallest(_NAMED, (number for number in seen if number != own))
        make = IPv4Address if isinstance(ip, IPv4Address) else IPv6Address
        named = [str(make(number)) for number in others]
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


def _saw(count: int, named: list[str]) -> Text:
    if not named:
        return _saw_alone(count)
    listed: dict[str, Param] = {"count": count, "others": ", ".join(named)}
    return Text("dial-saw-others" if count <= len(named) + 1 else "dial-saw-among", listed)


def _saw_alone(count: int) -> Text:
    return Text("dial-saw-alone") if count == 1 else Text("dial-saw", {"count": count})
