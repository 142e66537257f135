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

    def listed(self, keys: SplitKeys) -> set[int]:
        """Which of many any list holds, by their places in the row."""
        found: set[int] = set()
        for each in self.lists:
            found.update((each.find_many(keys) >= 0).nonzero()[0].tolist())
        return found

    def find(self, ip: IPAddress) -> Place | None:
        """The first list that holds `ip`, and its narrowest entry around it."""
        for place, each in enumerate(self.lists):
            entry = each.ip_set.find(ip)
            if entry >= 0:
                return place, entry
        return None
