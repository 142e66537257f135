"""Lists of addresses that others keep: a set that answers with the entry and its comment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final

from app.domain.address import IPAddress
from app.domain.split_keys import SplitKeys

if TYPE_CHECKING:  # numpy takes 12 MB and 0.15 s, and is here once somebody reads a list
    import numpy as np
    from numpy.typing import NDArray

    from app.domain.ip_set import Indexes, IpSet, Words

_GOOD_PER_BAD: Final = 4
_FORGIVEN: Final = 2
NO_COMMENT: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that could not be read."""

    number: int
    """From 1."""
    text: str
    """As it stands there, cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCounts:
    """What the lines of a list were; blank ones and comments do not count."""

    valid: int = 0
    """They ban something."""
    spared: int = 0
    """They name what is let through (a level of 128 or more)."""
    invalid: int = 0
    examples: tuple[BadLine, ...] = ()
    """The first that could not be read."""

    @property
    def plausible(self) -> bool:
        """Whether this was a list of addresses at all: four lines of five could be read, or all but two."""
        read = self.valid + self.spared
        return read > 0 and (
            self.invalid <= min(_FORGIVEN, read) or read >= _GOOD_PER_BAD * self.invalid
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list."""

    text: str
    """Address, block, or `first-last`."""
    comment: str = ""

    @property
    def remark(self) -> str:
        """The comment in one line."""
        return " · ".join(line.strip() for line in self.comment.split("\n") if line.strip())


@dataclass(frozen=True, slots=True, eq=False)
class Comments:
    """The comments of a list's entries, those that are alike once."""

    of: Indexes
    """For each entry the number of its comment, or -1; empty when none has one."""
    text: str
    ends: NDArray[np.uint32]

    def __getitem__(self, entry: int) -> str:
        number = int(self.of[entry]) if len(self.of) else NO_COMMENT
        if number < 0:
            return ""
        return self.text[int(self.ends[number - 1]) if number else 0 : int(self.ends[number])]

    @property
    def nbytes(self) -> int:
        return self.of.nbytes + len(self.text.encode("utf-8")) + self.ends.nbytes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AddressList:
    """Entries in order of address, IPv4 first; each address or block stands there once."""

    id: str
    name: str
    lines: LineCounts = LineCounts()
    starts4: Words
    lasts4: Words
    starts6: NDArray[np.bytes_]
    lasts6: NDArray[np.bytes_]
    ip_set: IpSet
    comments: Comments

    def __len__(self) -> int:
        return len(self.starts4) + len(self.starts6)

    def __getitem__(self, number: int) -> Entry:
        first, last = self._ends(number)
        return Entry(text=_span_text(first, last), comment=self.comments[number])

    def __iter__(self) -> Iterator[Entry]:
        return map(self.__getitem__, range(len(self)))

    def find(self, ip: IPAddress) -> Entry | None:
        """The narrowest entry that holds `ip`."""
        number = self.ip_set.find(ip)
        return None if number < 0 else self[number]

    def find_many(self, keys: SplitKeys) -> dict[int, int]:
        """The number of the narrowest entry around each address that is listed, by their places in the row."""
        return self.ip_set.find_many(keys)

    @property
    def nbytes(self) -> int:
        """Memory that it takes, at most: without overlaps the set shares its columns."""
        columns = (self.starts4, self.lasts4, self.starts6, self.lasts6, self.ip_set, self.comments)
        return sum(column.nbytes for column in columns)

    def _ends(self, number: int) -> tuple[IPAddress, IPAddress]:
        if number < len(self.starts4):
            return IPv4Address(int(self.starts4[number])), IPv4Address(int(self.lasts4[number]))
        at = number - len(self.starts4)
        return _address6(self.starts6[at]), _address6(self.lasts6[at])


def _address6(text: Any) -> IPv6Address:  # noqa: ANN401 - numpy's bytes, without their last zeros
    return IPv6Address(bytes(text).ljust(16, b"\0"))


def _span_text(first: IPAddress, last: IPAddress) -> str:
    if first == last:
        return str(first)
    start, size = int(first), int(last) - int(first) + 1
    if size & (size - 1) or start % size:
        return f"{first}-{last}"
    return f"{first}/{first.max_prefixlen - size.bit_length() + 1}"
