"""Addresses apart by family, in columns as sets of addresses hold them; without numpy, which not everybody needs."""

from __future__ import annotations

from array import array
from collections.abc import Sequence


class SplitKeys:
    """Some addresses, given by `address_key`, and at which places of the row each family stands."""

    __slots__ = ("at4", "at6", "count", "four", "six")

    def __init__(self, keys: Sequence[int]) -> None:
        self.count = len(keys)
        self.at4 = [at for at, key in enumerate(keys) if key >= 0]
        self.at6 = [at for at, key in enumerate(keys) if key < 0]
        self.four = array("I", [key for key in keys if key >= 0])
        """32 bits each."""
        self.six = b"".join([(~key).to_bytes(16, "big") for key in keys if key < 0])
        """16 bytes each, big-endian."""

    def __len__(self) -> int:
        return self.count
