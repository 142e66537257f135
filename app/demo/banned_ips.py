"""The server's own ban list: what it takes, how it writes it back, and whom it keeps out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from app.demo.address import text
from app.domain.address import IPAddress

_PEER: Final = re.compile(r"(?:\[(?P<any>[0-9a-fA-F:.]+)\]|(?P<v4>[0-9.]+)):(?P<port>[0-9]{1,5})")
_LAST_PORT: Final = 65_535


class Entry(NamedTuple):
    """One line of the list: a range, whose two ends are equal for a single address."""

    first: IPAddress
    last: IPAddress

    def __str__(self) -> str:
        if self.first == self.last:
            return text(self.first)
        return f"{text(self.first)} - {text(self.last)}"


class BanList:
    """A frozen list of entries."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        # Sorted by text and without doubles, as the preference reads back.
        self.entries = tuple(sorted(set(entries), key=str))
        self._singles = frozenset(one.first for one in self.entries if one.first == one.last)
        ranges = [one for one in self.entries if one.first != one.last]
        self._ranges = {version: _merge(ranges, version) for version in (4, 6)}

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries))

    def blocks(self, ip: IPAddress) -> bool:
        """Whether a connection from `ip` is refused; a mapped address is an IPv6 address here."""
        if ip in self._singles:
            return True
        firsts, lasts = self._ranges[ip.version]
        place = bisect_right(firsts, int(ip)) - 1
        return place >= 0 and int(ip) <= lasts[place]

    def adding(self, addresses: Iterable[IPAddress]) -> BanList:
        """This list and some single addresses."""
        return BanList((*self.entries, *(Entry(ip, ip) for ip in addresses)))


def parse(lines: str, *, takes_ranges: bool) -> BanList:
    """Read the preference `banned_IPs`; lines that the version does not take are dropped."""
    return BanList(_entries(lines.splitlines(), takes_ranges=takes_ranges))


def parse_peers(peers: str) -> list[IPAddress]:
    """Read the form of `transfer/banPeers`.

    Items without port, with port 0, of IPv6 without brackets, and networks are silently left out.
    """
    found = (_peer(item.strip()) for item in peers.split("|"))
    return [ip for ip in found if ip is not None]


def _peer(item: str) -> IPAddress | None:
    match = _PEER.fullmatch(item)
    if match is None or not 1 <= int(match["port"]) <= _LAST_PORT:
        return None
    try:
        return ip_address(match["any"] or match["v4"])
    except ValueError:
        return None


def _entries(lines: Iterable[str], *, takes_ranges: bool) -> Iterator[Entry]:
    for line in lines:
        try:
            entry = _entry(line.strip(), takes_ranges=takes_ranges)
        except ValueError:
            continue
        if entry is not None:
            yield entry


def _entry(line: str, *, takes_ranges: bool) -> Entry | None:
    if "/" in line:
        block = ip_network(line, strict=False)
        return Entry(block[0], block[-1]) if takes_ranges else None
    if "-" in line:
        first, last = (ip_address(part.strip()) for part in line.split("-", 1))
        if not takes_ranges or first.version != last.version or int(first) > int(last):
            return None
        return Entry(first, last)
    ip = ip_address(line)
    return Entry(ip, ip)


def _merge(ranges: Iterable[Entry], version: int) -> tuple[list[int], list[int]]:
    """Disjoint ranges in order: their first and their last addresses."""
    firsts: list[int] = []
    lasts: list[int] = []
    chosen = sorted((int(a), int(b)) for a, b in ranges if a.version == version)
    for first, last in chosen:
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts
