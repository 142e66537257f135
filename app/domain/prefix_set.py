"""Blocks of addresses that are made and joined quickly, for asking once whether addresses lie in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from app.domain.address import IPAddress, Prefix
from app.domain.peer import Peer


class PrefixSet:
    """One set per prefix length; a look-up costs a shift and a look for each length in use."""

    def __init__(self, prefixes: Iterable[Prefix]) -> None:
        self._starts: dict[int, dict[int, set[int]]] = {4: {}, 6: {}}
        """By IP version and bits of the hosts: the blocks' numbers."""
        self.empty = True
        for prefix in prefixes:
            version, width = (4, 32) if isinstance(prefix, IPv4Network) else (6, 128)
            shift = width - prefix.prefixlen
            starts = self._starts[version].setdefault(shift, set())
            starts.add(int(prefix.network_address) >> shift)
            self.empty = False

    def with_those_of(self, *others: PrefixSet) -> PrefixSet:
        """Take in what others hold; thousands of bans may end in one sweep."""
        for other in others:
            self.empty = self.empty and other.empty
            for version, by_shift in other._starts.items():  # noqa: SLF001 - of the same kind
                for shift, starts in by_shift.items():
                    self._starts[version].setdefault(shift, set()).update(starts)
        return self

    def __contains__(self, address: IPAddress) -> bool:
        if self.empty:
            return False
        number = int(address)
        for shift, starts in self._starts[4 if isinstance(address, IPv4Address) else 6].items():
            if number >> shift in starts:
                return True
        return False

    def among(self, peers: Iterable[Peer]) -> list[Peer]:
        """Those of `peers` whose address is in one of the blocks."""
        return [peer for peer in peers if peer.address.ip in self]
