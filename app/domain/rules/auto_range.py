"""Bans live peers of the block in which a banned address lies (reference/rules.md 3.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from app.domain.address import IPAddress, Prefix, address_key, block_of, show
from app.domain.ban import Ban
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

AUTO_RANGE: Final = "auto-range-ban"
_IPV4: Final = 4


class NeighbourIndex:
    """Bans by the aligned block around them; adding, removing and finding take the same time at any size.

    Technical bans do not count. Nor do those as wide as their block: whoever is in there is banned already.
    """

    __slots__ = ("_blocks", "_shift4", "_shift6", "ipv4", "ipv6")

    def __init__(self, bans: Iterable[Ban] = (), *, ipv4: int = 30, ipv6: int = 48) -> None:
        self.ipv4, self.ipv6 = ipv4, ipv6
        """Bits of the blocks."""
        self._shift4, self._shift6 = 32 - ipv4, 128 - ipv6
        # By the `address_key` of the block without its last bits; most blocks hold one ban, which then stands there
        # without a dict.
        self._blocks: dict[int, Ban | dict[Prefix, Ban]] = {}
        self.add(bans)

    def widen(self, prefix: Prefix) -> Prefix:
        """The block whose peers are to be judged anew when the entry `prefix` comes or goes."""
        bits = self.ipv4 if prefix.version == _IPV4 else self.ipv6
        return prefix if prefix.prefixlen <= bits else block_of(prefix.network_address, bits)

    def add(self, bans: Iterable[Ban]) -> None:
        """Take in what came to the ban list; a ban of the same prefix is replaced."""
        for ban in bans:
            prefix = ban.prefix
            if ban.disconnect:
                self._drop(prefix)  # it may have replaced one that counted
                continue
            if self._is_wide(prefix):
                continue
            blocks, key = self._blocks, self._block(address_key(prefix.network_address))
            there = blocks.get(key)
            if there is None or (isinstance(there, Ban) and there.prefix == prefix):
                blocks[key] = ban
            elif isinstance(there, Ban):
                blocks[key] = {there.prefix: there, prefix: ban}
            else:
                there[prefix] = ban

    def remove(self, bans: Iterable[Ban]) -> None:
        """Drop what left the ban list."""
        for ban in bans:
            self._drop(ban.prefix)

    def near(self, addresses: Sequence[int]) -> list[tuple[int, Ban]]:
        """The places of those in whose block there is a ban, each with the one that stands there longest.

        The addresses are their `address_key`.
        """
        blocks, shift4, shift6 = self._blocks, self._shift4, self._shift6
        if not blocks:
            return []
        found = [
            (place, blocks[block])
            for place, address in enumerate(addresses)
            if (block := address >> (shift4 if address >= 0 else shift6)) in blocks
        ]
        return [
            (place, next(iter(there.values())) if isinstance(there, dict) else there)
            for place, there in found
        ]

    def _drop(self, prefix: Prefix) -> None:
        if self._is_wide(prefix):
            return
        blocks, key = self._blocks, self._block(address_key(prefix.network_address))
        there = blocks.get(key)
        if isinstance(there, Ban):
            if there.prefix == prefix:
                del blocks[key]
        elif there is not None:
            there.pop(prefix, None)
            if not there:
                del blocks[key]

    def _is_wide(self, prefix: Prefix) -> bool:
        return prefix.prefixlen <= (self.ipv4 if prefix.version == _IPV4 else self.ipv6)

    def _block(self, address: int) -> int:
        return address >> (self._shift4 if address >= 0 else self._shift6)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoRange:
    """Bans who shares a block with a banned address, from the sweep after that ban on."""

    neighbours: NeighbourIndex
    listed: Callable[[IPAddress], Ban | None]
    """The entry of the ban list that covers an address, technical ones too: such a peer passes."""
    mode: Mode = Mode.SHADOW
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = AUTO_RANGE
    _passing: dict[int, Verdict] = field(init=False, repr=False)
    _covered: dict[int, Verdict] = field(init=False, repr=False)
    _handshaking: dict[int, Verdict] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name, reason, saw in (
            ("_passing", "pass", "range-saw-none"),
            ("_covered", "range-covered", "range-saw-covered"),
            ("_handshaking", "handshaking", "saw-not-yet-known"),
        ):
            answers = {
                version: Verdict(
                    rule=self.name,
                    mode=self.mode,
                    reason=Text(reason),
                    saw=Text(saw),
                    allows=Text("range-allows", {"block": self._size(version)}),
                )
                for version in (4, 6)
            }
            object.__setattr__(self, name, answers)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """Judge by the ban list as it stands; a peer that it covers passes."""
        four, six = self._passing[4], self._passing[6]
        found = [four if address >= 0 else six for address in batch.keys]
        for place, neighbour in self.neighbours.near(batch.keys):
            found[place] = self._beside(batch.endpoints[place].ip, neighbour)
        for place in compress(range(len(batch)), batch.column("peer.handshaking")):
            found[place] = self._handshaking[4 if batch.keys[place] >= 0 else 6]
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The same for one."""
        return self.judge_all(Batch((sighting,)))[0]

    def _beside(self, ip: IPAddress, neighbour: Ban) -> Verdict:
        """The answer where a ban is near."""
        version = ip.version
        if self.listed(ip) is not None:
            return self._covered[version]
        banned = show(neighbour.prefix)
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=Text("range-block", {"block": self._size(version)}),
            reason=Text(
                "range-banned",
                {
                    "address": str(ip),
                    "banned": banned,
                    "block": show(self.neighbours.widen(neighbour.prefix)),
                },
            ),
            saw=Text("range-saw", {"banned": banned}),
            allows=self._passing[version].allows,
            data={"relatedBannedAddress": banned},
        )

    def _size(self, version: int) -> str:
        bits = self.neighbours.ipv4 if version == _IPV4 else self.neighbours.ipv6
        return f"IPv{version}/{bits}"
