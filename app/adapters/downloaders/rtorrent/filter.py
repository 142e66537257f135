"""rTorrent's IPv4 filter as it really works, and what to tell it so that it holds our bans beside the user's entries.

It keeps ranges by their first address, each `unwanted` or `preferred`, and knows no removal. Found by trying 0.9.8 and
0.16.17, which do the same:

- An address is looked up in the one range that begins last at or before it. A range inside another hides the rest of
  the outer one.
- A new range deletes those that it holds as a whole, and those of the other value that it only touches. One that
  begins where another stands that was not deleted is dropped in silence.

So ranges must never nest or overlap; and one is removed by putting a range of the other value over it that ends in
its neighbour, then the neighbour again, which deletes that range and is as it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import pairwise
from typing import Final, TypeAlias

from app.domain.address import InvalidAddress, Prefix, is_single, parse_ip

Span: TypeAlias = "tuple[int, int]"
"""First and last address as numbers."""

LAST: Final = 0xFFFFFFFF
"""The neighbour of last resort: 255.255.255.255, which nobody has."""
_UNWANTED: Final = "unwanted"
_PREFERRED: Final = "preferred"


@dataclass(frozen=True, slots=True)
class Entry:
    """One range, in the table or to be put there."""

    first: int
    last: int
    unwanted: bool = True

    @property
    def span(self) -> Span:
        return self.first, self.last

    @property
    def address(self) -> str:
        """As `ipv4_filter.add_address` takes it; never a length, as it takes /32 for all that follows."""
        first, last = _dotted(self.first), _dotted(self.last)
        return first if first == last else f"{first}-{last}"

    @property
    def host(self) -> str:
        """Its first address."""
        return _dotted(self.first)

    @property
    def value(self) -> str:
        return _UNWANTED if self.unwanted else _PREFERRED


class Table:
    """The filter at one moment; `put` does what rTorrent does."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = {entry.first: entry for entry in entries}
        self._firsts = sorted(self._entries)

    def __len__(self) -> int:
        return len(self._firsts)

    def __iter__(self) -> Iterator[Entry]:
        return map(self._entries.__getitem__, self._firsts)

    def copy(self) -> Table:
        fresh = Table()
        fresh._entries, fresh._firsts = self._entries.copy(), self._firsts.copy()
        return fresh

    def find(self, address: int) -> Entry | None:
        """The range that decides about `address`."""
        place = bisect_right(self._firsts, address) - 1
        entry = self._entries[self._firsts[place]] if place >= 0 else None
        return entry if entry is not None and entry.last >= address else None

    def holds(self, span: Span) -> bool:
        """Whether all addresses of `span` are unwanted."""
        address, last = span
        while (entry := self.find(address)) is not None and entry.unwanted:
            place = bisect_right(self._firsts, entry.first)
            end = entry.last
            if place < len(self._firsts):
                end = min(end, self._firsts[place] - 1)
            if end >= last:
                return True
            address = end + 1
        return False

    def after(self, address: int) -> Entry | None:
        """The next range that begins behind `address`."""
        place = bisect_right(self._firsts, address)
        return self._entries[self._firsts[place]] if place < len(self._firsts) else None

    def put(self, new: Entry) -> None:
        """Add a range."""
        firsts, entries = self._firsts, self._entries
        place = max(0, bisect_right(firsts, new.first) - 1)
        hidden = False
        while place < len(firsts) and firsts[place] <= new.last:
            old = entries[firsts[place]]
            differs = old.last >= new.first and old.unwanted is not new.unwanted
            inside = new.first <= old.first and old.last <= new.last
            if differs or inside:
                del entries[firsts.pop(place)]
                continue
            place += 1
            if place < len(firsts):
                following = entries[firsts[place]]
                hidden = hidden or (following.first <= new.first and following.last >= new.last)
        if not hidden and new.first not in entries:
            entries[new.first] = new
            firsts.insert(bisect_left(firsts, new.first), new.first)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to bring the filter from what it is to what it shall be."""

    steps: Sequence[tuple[Entry, ...]]
    """What to put there, in order; what stands together must not be interrupted."""
    table: Table
    """What comes out."""
    parts: frozenset[Span]
    """Ranges of ours that are no whole entry, as the user's lie between."""
    lacking: Sequence[Span]
    """Entries of ours for which there is no room beside the user's."""


def read_table(lines: Iterable[object]) -> Table:
    """What `ipv4_filter.dump` says; a line that nobody can read is left out."""
    return Table(entry for line in lines if (entry := _read(line)) is not None)


def span_of(prefix: Prefix) -> Span:
    """The addresses of an IPv4 prefix."""
    first = int(prefix.network_address)
    return first, first | (1 << prefix.max_prefixlen - prefix.prefixlen) - 1


def make_plan(
    table: Table,
    wanted: Collection[Prefix],
    owned: Collection[Prefix],
    parts: Collection[Span] = (),
) -> Plan:
    """Hold what is `wanted`; of what stands there only `owned` and `parts` are ours to remove."""
    ours = {span_of(prefix) for prefix in owned}.union(parts)
    foreign = _effective(entry for entry in table if entry.span not in ours)
    spans = _outermost(wanted)
    pieces = [piece for span in spans for piece in _without(span, foreign)]
    now = table.copy()
    steps = _removals(now, ours.difference(pieces))
    steps += _additions(now, [Entry(*piece) for piece in pieces])
    # Where the user's own ranges nest, the steps so far may have uncovered or deleted some of them.
    steps += _additions(now, foreign)
    return Plan(
        steps=steps,
        table=now,
        parts=frozenset(pieces).difference(spans),
        lacking=find_lacking(now, wanted),
    )


def change_plan(
    table: Table, added: Collection[Prefix], removed: Collection[Prefix]
) -> Plan | None:
    """The same for a few single addresses, without a look at all the rest; None where that must be had.

    `table` is what an earlier plan left, in which nothing nests; what is `removed` is ours.
    """
    if not all(map(is_single, (*added, *removed))):
        return None
    now = table.copy()
    victims = {span_of(prefix) for prefix in removed}
    steps = _removals(now, victims.difference(map(span_of, added)))
    missing = [span for span in map(span_of, added) if not now.holds(span)]
    if any(now.find(first) is not None for first, _ in missing):
        return None  # the user prefers one of them
    steps += _additions(now, [Entry(*span) for span in missing])
    return Plan(steps=steps, table=now, parts=frozenset(), lacking=find_lacking(now, added))


def nests(table: Table) -> bool:
    """Whether ranges of it overlap: the user's own, for ours never do."""
    entries = list(table)
    return any(one.last >= other.first for one, other in pairwise(entries))


def find_lacking(table: Table, wanted: Iterable[Prefix]) -> list[Span]:
    """The outermost of `wanted` that are not in force."""
    return [span for span in _outermost(wanted) if not table.holds(span)]


def _removals(table: Table, victims: Collection[Span]) -> list[tuple[Entry, ...]]:
    """Remove them from `table`; neighbours go together."""
    steps: list[tuple[Entry, ...]] = []
    entries = list(table) if victims else []
    end = len(entries)
    while end:
        end -= 1
        if entries[end].span not in victims or entries[end].first == LAST:
            continue
        start = end
        while start and entries[start - 1].span in victims:
            start -= 1
        first = entries[start].first
        neighbour = table.after(entries[end].first) or Entry(LAST, LAST)
        over = Entry(first, neighbour.first, not neighbour.unwanted)
        table.put(over)
        table.put(neighbour)
        steps.append((over, neighbour))
        end = start
    return steps


def _additions(table: Table, entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Add those that are not in force in `table`."""
    steps: list[tuple[Entry, ...]] = []
    for entry in entries:
        found = table.find(entry.first)
        following = table.after(entry.first)
        in_force = (
            found is not None
            and found.unwanted is entry.unwanted
            and found.last >= entry.last
            and (following is None or following.first > entry.last)
        )
        if not in_force:
            table.put(entry)
            steps.append((entry,))
    return steps


def _effective(entries: Iterable[Entry]) -> list[Entry]:
    """Each as far as the next does not hide it."""
    found = list(entries)
    ends = [*(entry.first - 1 for entry in found[1:]), LAST]  # one too many for none
    return [
        Entry(entry.first, min(entry.last, end), entry.unwanted)
        for entry, end in zip(found, ends, strict=False)
    ]


def _outermost(prefixes: Iterable[Prefix]) -> list[Span]:
    """Those that lie in no other."""
    spans = sorted(map(span_of, prefixes), key=lambda span: (span[0], -span[1]))
    found: list[Span] = []
    for span in spans:
        if not found or span[0] > found[-1][1]:
            found.append(span)
    return found


def _without(span: Span, taken: Sequence[Entry]) -> Iterator[Span]:
    """What `taken`, sorted and apart from each other, leaves of `span`."""
    first, last = span
    place = max(0, bisect_right(taken, first, key=lambda entry: entry.first) - 1)
    while first <= last and place < len(taken) and taken[place].first <= last:
        entry = taken[place]
        place += 1
        if entry.last < first:
            continue
        if entry.first > first:
            yield first, entry.first - 1
        first = entry.last + 1
    if first <= last:
        yield first, last


def _read(line: object) -> Entry | None:
    span, _, value = str(line).strip().rpartition(" ")
    first, _, last = span.partition("-")
    try:
        start, end = parse_ip(first), parse_ip(last)
    except InvalidAddress:
        return None
    if not isinstance(start, IPv4Address) or not isinstance(end, IPv4Address) or start > end:
        return None
    return Entry(int(start), int(end), value != _PREFERRED)


def _dotted(number: int) -> str:
    return ".".join(map(str, number.to_bytes(4)))
