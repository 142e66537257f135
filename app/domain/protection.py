"""Addresses that are never banned, whatever the profile says: the user's own, and those that are nobody's."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from itertools import pairwise
from typing import Final

from app.domain.address import (
    NAT64,
    IPAddress,
    Prefix,
    block_of,
    embedded_ipv4,
    is_single,
    parse_prefix,
    show,
    single,
    unmapped,
)
from app.domain.key_ranges import KeyRanges
from app.domain.reason import Text


class Kind(StrEnum):
    """Why an address is protected; the value ends the id of its sentence."""

    LOOPBACK = "loopback"
    LAN = "lan"
    LINK_LOCAL = "link-local"
    CGNAT = "cgnat"
    MULTICAST = "multicast"
    UNSPECIFIED = "unspecified"
    OWN = "own"
    """An address of an interface of this computer."""
    OWN_NETWORK = "own-network"
    """The IPv6 network around one."""
    VPN = "vpn"
    WAN = "wan"
    """By which the Internet knows a downloader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """One protected block."""

    prefix: Prefix
    kind: Kind
    name: str = ""
    """Of the interface, or the id of the downloader that reported it."""

    @property
    def text(self) -> Text:
        """Why, as a sentence."""
        return Text(f"protected-{self.kind}", {"network": show(self.prefix), "name": self.name})


FIXED: Final = tuple(
    Protected(prefix=parse_prefix(text), kind=kind)
    for text, kind in (
        ("127.0.0.0/8", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("10.0.0.0/8", Kind.LAN),
        ("172.16.0.0/12", Kind.LAN),
        ("192.168.0.0/16", Kind.LAN),
        ("fc00::/7", Kind.LAN),
        ("169.254.0.0/16", Kind.LINK_LOCAL),
        ("fe80::/10", Kind.LINK_LOCAL),
        ("100.64.0.0/10", Kind.CGNAT),
        ("224.0.0.0/4", Kind.MULTICAST),
        ("ff00::/8", Kind.MULTICAST),
        ("0.0.0.0/8", Kind.UNSPECIFIED),
        ("::", Kind.UNSPECIFIED),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One address of a network interface of this computer."""

    name: str
    address: IPAddress
    bits: int
    """Length of the network that it says it is in."""
    remote: IPAddress | None = None
    """The other end of a point-to-point connection."""
    vpn: bool = False
    loopback: bool = False


_IPV6_NETWORK: Final = 64
_WIDEST_VPN: Final = {4: 8, 6: 48}
"""Bits by IP version; a VPN that says it is the whole Internet is not taken at its word."""


def of_interface(interface: Interface) -> tuple[Protected, ...]:
    """What `interface` protects: its address, an IPv6 network of its own, and all of a VPN."""
    name, address = interface.name, interface.address
    if interface.loopback and address.is_loopback:
        return ()
    host = Protected(
        prefix=single(address), kind=Kind.VPN if interface.vpn else Kind.OWN, name=name
    )
    if interface.vpn:
        found = [host]
        if interface.bits >= _WIDEST_VPN[address.version]:
            network = block_of(address, interface.bits)
            found.append(Protected(prefix=network, kind=Kind.VPN, name=name))
        if interface.remote is not None:
            found.append(Protected(prefix=single(interface.remote), kind=Kind.VPN, name=name))
        return tuple(dict.fromkeys(found))
    network = own_network(address)
    if interface.loopback or is_single(network):
        return (host,)
    return host, Protected(prefix=network, kind=Kind.OWN_NETWORK, name=name)


def own_network(address: IPAddress) -> Prefix:
    """The IPv6 network whose machines share a household with `address`; just itself in all other cases.

    DHCPv6 and Windows tell no such network, though there is one.
    """
    if address.version == 6 and address.is_global:  # noqa: PLR2004 - IP version
        return block_of(address, _IPV6_NETWORK)
    return single(address)


class ProtectedNetworks:
    """The fixed networks and those found on this computer; never changes."""

    def __init__(self, found: Iterable[Protected] = ()) -> None:
        self.entries: Final = tuple(dict.fromkeys((*FIXED, *found)))
        self._v4 = _Blocks(entry for entry in self.entries if entry.prefix.version == 4)  # noqa: PLR2004 - IP version
        self._v6 = _Blocks(entry for entry in self.entries if entry.prefix.version == 6)  # noqa: PLR2004 - IP version
        self.blocks: Final = (*self._v4.blocks, *self._v6.blocks)
        """The same without those inside others."""
        self.ranges: Final = KeyRanges(self.blocks)

    def find(self, address: IPAddress) -> Protected | None:
        """The narrowest entry that holds `address`."""
        # Asked for each peer: `address.version` is a call.
        return (self._v4 if isinstance(address, IPv4Address) else self._v6).find(int(address))

    def overlapping(self, prefix: Prefix) -> Protected | None:
        """An entry that holds `prefix` or lies in it, also inside an IPv4-mapped or NAT64 block."""
        wanted = _inner(prefix)
        blocks = self._v4 if wanted.version == 4 else self._v6  # noqa: PLR2004 - IP version
        low, high = int(wanted.network_address), int(wanted.broadcast_address)
        return blocks.find(low) or blocks.within(low, high)


def holds(entry: Protected, prefix: Prefix) -> bool:
    """Whether all of `prefix` lies in the entry."""
    inner = _inner(prefix)
    return (
        inner.version == entry.prefix.version
        and inner.prefixlen >= entry.prefix.prefixlen
        and inner.network_address in entry.prefix
    )


def _inner(prefix: Prefix) -> Prefix:
    """The IPv4 block that an IPv6 one stands for, else itself."""
    plain = unmapped(prefix)
    if plain.version == 4:  # noqa: PLR2004 - IP version
        return plain
    start = plain.network_address
    if start in NAT64 and plain.prefixlen >= NAT64.prefixlen:
        inner = embedded_ipv4(start)
        if inner is not None:
            return block_of(inner, plain.prefixlen - NAT64.prefixlen)
    if is_single(plain):
        inner = embedded_ipv4(start)
        if inner is not None:  # Teredo, which lists also ban by its IPv4 address
            return single(inner)
    return plain


class _Blocks:
    """Blocks of one family as intervals that do not overlap, each with its narrowest entry."""

    def __init__(self, entries: Iterable[Protected]) -> None:
        wide_first = sorted(entries, key=lambda entry: entry.prefix.prefixlen)
        outer: list[Protected] = []
        for entry in wide_first:
            if not any(holds(other, entry.prefix) for other in outer):
                outer.append(entry)
        self.blocks = tuple(entry.prefix for entry in outer)
        ends = {_low(entry) for entry in wide_first} | {_high(entry) + 1 for entry in wide_first}
        marks = sorted(ends)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._owners: list[Protected] = []
        for start, after in pairwise(marks):
            around = [e for e in wide_first if _low(e) <= start and after - 1 <= _high(e)]
            if around:
                self._starts.append(start)
                self._ends.append(after - 1)
                self._owners.append(around[-1])

    def find(self, number: int) -> Protected | None:
        place = bisect_right(self._starts, number) - 1
        return self._owners[place] if place >= 0 and number <= self._ends[place] else None

    def within(self, low: int, high: int) -> Protected | None:
        place = bisect_left(self._starts, low)
        inside = place < len(self._starts) and self._starts[place] <= high
        return self._owners[place] if inside else None


def _low(entry: Protected) -> int:
    return int(entry.prefix.network_address)


def _high(entry: Protected) -> int:
    return int(entry.prefix.broadcast_address)
