"""Blocks of addresses that are made and joined quickly, for asking once whether addresses lie in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from app.domain.address import Endpoint, Prefix
from app.domain.peer import Peer


class PrefixSet:
    """One set per prefix length; a look-up costs a shift and a look for each length in use."""

    def __init__(self, prefixes: Iterable[Prefix]) -> None:
        self._singles: set[int] = set()
        """By `address_key`."""
        self._blocks: dict[tuple[bool, int], set[int]] = {}
        """By whether it is IPv4 and bits of the hosts: the blocks' numbers."""
        for prefix in prefixes:
            four = isinstance(prefix, IPv4Network)
            shift = (32 if four else 128) - prefix.prefixlen
            start = int(prefix.network_address)
            if shift == 0:
                self._singles.add(start if four else ~start)
            else:
                self._blocks.setdefault((four, shift), set()).add(start >> shift)

    @property
    def empty(self) -> bool:
        """Whether no address is in it."""
        return not self._singles and not self._blocks

    def with_those_of(self, *others: PrefixSet) -> PrefixSet:
        """Take in what others hold; thousands of bans may end in one sweep."""
        for other in others:
            self._singles |= other._singles  # noqa: SLF001 - of the same kind
            for kind, starts in other._blocks.items():  # noqa: SLF001
                self._blocks.setdefault(kind, set()).update(starts)
        return self

    def __contains__(self, address: Endpoint) -> bool:
        key = address.key
        if key in self._singles:
            return True
        four = key >= 0
        number = key if four else ~key
        return any(
            number >> shift in starts
            for (family, shift), starts in self._blocks.items()
            if family is four
        )

    def among(self, peers: Iterable[Peer]) -> list[Peer]:
        """Those of `peers` whose address is in one of the blocks; one may be named several times."""
        singles = self._singles
        found = [peer for peer in peers if peer.address.effective.key in singles]
        for (four, shift), starts in self._blocks.items():
            if four:
                found += [p for p in peers if p.address.effective.key >> shift in starts]
            else:
                found += [p for p in peers if ~p.address.effective.key >> shift in starts]
        return found
