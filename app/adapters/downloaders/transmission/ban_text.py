"""The ban list as Transmission reads it, and who is in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Final

from app.adapters.downloaders.ban_entries import Span, span_of
from app.domain.address import IPAddress, Prefix

NAME: Final = "PeerWarden"
"""Of each line; Transmission skips it."""
_NOBODY: Final = f"{NAME}:127.127.127.127-127.127.127.127\n".encode()
"""An empty list is an error to 3.00, which then keeps the one before."""


@dataclass(frozen=True, slots=True)
class BanText:
    """One list in full."""

    body: bytes
    """Lines of the p2p format."""
    firsts: dict[int, list[int]]
    """By IP version, where blocks begin; `lasts` are their ends. Neighbours and doubles are joined."""
    lasts: dict[int, list[int]]

    @property
    def size(self) -> int:
        """The fewest entries that its reader may count, and at least one."""
        return max(1, sum(map(len, self.firsts.values())))

    def holds(self, address: IPAddress) -> bool:
        """Whether `address` is banned."""
        number = int(address)
        at = bisect_right(self.firsts[address.version], number) - 1
        return at >= 0 and number <= self.lasts[address.version][at]


def write(wanted: Collection[Prefix]) -> BanText:
    """The same text for the same entries, in whatever order they come; takes a second for 300,000."""
    spans = sorted(set(map(span_of, wanted)))
    firsts: dict[int, list[int]] = {4: [], 6: []}
    lasts: dict[int, list[int]] = {4: [], 6: []}
    for version, first, last in spans:
        begins, ends = firsts[version], lasts[version]
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            begins.append(first)
            ends.append(last)
    return BanText("".join(_lines(spans)).encode() or _NOBODY, firsts, lasts)


def _lines(spans: Iterable[Span]) -> Iterable[str]:
    for version, first, last in spans:
        start = _address(version, first)
        end = start if first == last else _address(version, last)
        yield f"{NAME}:{start}-{end}\n"


def _address(version: int, number: int) -> str:
    if version == 4:  # noqa: PLR2004 - IP version
        return inet_ntoa(number.to_bytes(4))
    return inet_ntop(AF_INET6, number.to_bytes(16))
