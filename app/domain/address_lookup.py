"""Looks addresses up in several lists, the first that knows one wins; many at once for rules that judge in batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from app.domain.address import IPAddress
from app.domain.address_list import AddressList
from app.domain.split_keys import SplitKeys

Place: TypeAlias = tuple[int, int]
"""Number of the list and number of the entry in it."""


class AddressLookup:
    """Several lists as one."""

    __slots__ = ("lists",)

    def __init__(self, lists: Sequence[AddressList]) -> None:
        self.lists = tuple(lists)

    def __len__(self) -> int:
        return sum(len(each) for each in self.lists)

    def find_many(self, keys: SplitKeys) -> dict[int, Place]:
        """What `find` says of those of many that are listed, by their places in the row."""
        found: dict[int, Place] = {}
        for place, each in enumerate(self.lists):
            for at, entry in each.find_many(keys).items():
                found.setdefault(at, (place, entry))
        return found

    def find(self, ip: IPAddress) -> Place | None:
        """The first list that holds `ip`, and its narrowest entry around it."""
        for place, each in enumerate(self.lists):
            entry = each.ip_set.find(ip)
            if entry >= 0:
                return place, entry
        return None
