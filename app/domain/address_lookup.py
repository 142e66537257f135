"""Looks addresses up in several lists, the first that knows one wins; many at once for rules that judge in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from app.domain.address import IPAddress, address_key
from app.domain.address_list import AddressList

Place: TypeAlias = tuple[int, int]
"""Number of the list and number of the entry in it."""


class AddressLookup:
    """Remembers what the last batch found."""

    __slots__ = ("_asked", "_found", "lists")

    def __init__(self, lists: Sequence[AddressList]) -> None:
        self.lists = tuple(lists)
        self._asked: frozenset[int] = frozenset()
        self._found: dict[int, Place] = {}

    def __len__(self) -> int:
        return sum(len(each) for each in self.lists)

    def look_up(self, ips: Iterable[IPAddress]) -> None:
        """Find all these at once, for `find` to answer."""
        left = {address_key(ip): ip for ip in ips}
        self._asked = frozenset(left)
        self._found = {}
        for place, each in enumerate(self.lists):
            if not left:
                break
            keys = list(left)
            entries = each.find_many(list(left.values()))
            for at in (entries >= 0).nonzero()[0].tolist():
                self._found[keys[at]] = (place, int(entries[at]))
                del left[keys[at]]

    def find(self, ip: IPAddress) -> Place | None:
        """The first list that holds `ip`, and its narrowest entry around it."""
        key = address_key(ip)
        if key in self._asked:
            return self._found.get(key)
        for place, each in enumerate(self.lists):
            entry = each.ip_set.find(ip)
            if entry >= 0:
                return place, entry
        return None
