"""The records of the progress rule: found by number, bounded, and aware of what is not stored yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final, TypeAlias

from app.domain.address import Prefix
from app.domain.progress_look import FirstLook
from app.domain.progress_record import ProgressRecord
from app.domain.sighting import Batch, Run, Sighting

Group: TypeAlias = tuple[str, str, int, int]
"""Downloader, torrent id, IP version, bits of the blocks."""
Key: TypeAlias = tuple[Group, int]
"""A group, and the first address of a block as a number."""
Known: TypeAlias = ProgressRecord | FirstLook
"""What is known of a block."""
Records: TypeAlias = dict[Group, dict[int, Known]]
"""Records by both parts of their keys: a number is found faster than a key."""
Wanted: TypeAlias = dict[Group, list[int]]
"""Keys, the same way; some perhaps twice."""

MOST: Final = 200_000
_FEW: Final = 5_000
_SLICE: Final = 500
_AT_ONCE: Final = 8
"""Records let go per new one, so that forgetting half of them is never felt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """How long the prefix is that counts as one user."""

    ipv4: int = 32
    ipv6: int = 56


def prefix_of(key: Key) -> Prefix:
    """The block of a record."""
    (_, _, version, bits), start = key
    return IPv4Network((start, bits)) if version == 4 else IPv6Network((start, bits))  # noqa: PLR2004 - IP version


def _start(prefix: Prefix, bits: int) -> int:
    shift = prefix.max_prefixlen - bits
    return int(prefix.network_address) >> shift << shift


class _Blocks:
    """Prefixes, as a set for each length of blocks that is in use, and as spans where they are wider."""

    def __init__(self, prefixes: Collection[Prefix], groups: Iterable[Group]) -> None:
        self._starts: dict[tuple[int, int], set[int]] = {}
        self._spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for version, bits in {group[2:] for group in groups}:
            mine = [each for each in prefixes if each.version == version]
            self._starts[version, bits] = {
                _start(each, bits) for each in mine if each.prefixlen >= bits
            }
            self._spans[version, bits] = [
                (int(each.network_address), int(each.broadcast_address))
                for each in mine
                if each.prefixlen < bits
            ]

    def touch(self, group: Group, start: int) -> bool:
        """Whether a block shares an address with one of them."""
        kind = group[2:]
        return start in self._starts.get(kind, ()) or any(
            low <= start <= high for low, high in self._spans.get(kind, ())
        )


class Shelf:
    """The records of one group by the first address of their block."""

    __slots__ = ("dirty", "group", "old", "shift", "young")

    def __init__(self, group: Group) -> None:
        _, _, version, bits = self.group = group
        self.shift = (32 if version == 4 else 128) - bits  # noqa: PLR2004 - IP version
        """Bits of an address that do not matter."""
        self.young: dict[int, Known] = {}
        self.old: dict[int, Known] = {}
        self.dirty: dict[int, Known] = {}

    def start(self, number: int) -> int:
        """The first address of the block around an address."""
        return number >> self.shift << self.shift

    def find(self, start: int) -> Known | None:
        """What there is, if there is anything."""
        found = self.young.get(start)
        if found is None:
            found = self.old.get(start)
        return self.dirty.get(start) if found is None else found

    def without(self, numbers: list[int]) -> list[int]:
        """The first addresses of those blocks of which there is nothing; some perhaps twice."""
        shift, young, old, dirty = self.shift, self.young, self.old, self.dirty
        starts = [number >> shift << shift for number in numbers] if shift else numbers
        if not (young or old or dirty):
            return starts
        return [
            start
            for start in starts
            if start not in young and start not in old and start not in dirty
        ]

    def drop(self, start: int) -> bool:
        """Forget a record; returns whether it was a young one."""
        self.old.pop(start, None)
        self.dirty.pop(start, None)
        return self.young.pop(start, None) is not None


class ProgressMemory:
    """At most `most` records that are stored, plus those that wait for it.

    They live in two generations: whatever is asked for is in the young one; when that has half of the room, the old
    one goes. So each look-up costs the same, and no list of ages is kept.
    """

    def __init__(self, *, most: int = MOST, persistent: bool = True) -> None:
        self._half = max(1, most // 2)
        self._persistent = persistent
        self._shelves: dict[Group, Shelf] = {}
        self._young = 0
        """Records in the young generation."""
        self._gone: list[dict[int, Known]] = []

    def __len__(self) -> int:
        return sum(len(shelf.young) + len(shelf.old) for shelf in self._shelves.values())

    @property
    def persistent(self) -> bool:
        """Whether changes are collected for `take_dirty`."""
        return self._persistent

    def persist(self, persistent: bool) -> None:  # noqa: FBT001 - a switch
        """Collect changes from now on, or no longer."""
        self._persistent = persistent
        if not persistent:
            self.take_dirty()

    def key(self, sighting: Sighting, blocks: Blocks) -> Key:
        """The key of the block that the peer is in."""
        (run,) = Batch((sighting,)).runs
        key = sighting.peer.address.effective.key
        four, six = self.shelves(run, blocks)
        return (four.group, four.start(key)) if key >= 0 else (six.group, six.start(~key))

    def record(self, key: Key, at: int) -> ProgressRecord:
        """The record, made when there is none; it is about to change."""
        group, start = key
        shelf = self._shelf(group)
        found = self.known(shelf, start)
        if found is None:
            found = ProgressRecord(at, at)
            self.note(shelf, start, found)
        return found

    def shelves(self, run: Run, blocks: Blocks) -> tuple[Shelf, Shelf]:
        """Where the records of some peers are, those of IPv4 and those of IPv6."""
        where = run.downloader, run.torrent.id
        return self._shelf((*where, 4, blocks.ipv4)), self._shelf((*where, 6, blocks.ipv6))

    def known(self, shelf: Shelf, number: int) -> ProgressRecord | None:
        """The record of the block around an address, which is about to change; None when there is none."""
        start = number >> shelf.shift << shelf.shift
        found = shelf.young.get(start)
        if found is None:
            found = shelf.find(start)
            if found is None:
                return None
            shelf.old.pop(start, None)
            self._insert(shelf, start, found)
        if not isinstance(found, ProgressRecord):
            found = shelf.young[start] = found.copy()
        if self._persistent:
            shelf.dirty[start] = found
        return found

    def note(self, shelf: Shelf, number: int, found: Known) -> None:
        """Remember what was found out about the block around an address, of which nothing was known."""
        start = number >> shelf.shift << shelf.shift
        self._insert(shelf, start, found)
        if self._persistent:
            shelf.dirty[start] = found

    def missing(self, batch: Batch, blocks: Blocks, found: Wanted) -> None:
        """Add to `found` those that will be judged and have no record here."""
        for run in batch.runs:
            peers, keys = batch.peers[run.places], batch.keys[run.places]
            seen = [key for peer, key in zip(peers, keys, strict=True) if not peer.handshaking]
            four, six = self.shelves(run, blocks)
            for shelf, numbers in (
                (four, [key for key in seen if key >= 0]),
                (six, [~key for key in seen if key < 0]),
            ):
                if numbers and (starts := shelf.without(numbers)):
                    found.setdefault(shelf.group, []).extend(starts)

    def put(self, loaded: Iterable[tuple[Key, ProgressRecord]]) -> None:
        """Take in stored records; one that came to be meanwhile stays."""
        for (group, start), record in loaded:
            shelf = self._shelf(group)
            if shelf.find(start) is None:
                self._insert(shelf, start, record)

    def take_dirty(self) -> Records:
        """Everything that changed since the last time; the records are live."""
        taken: Records = {}
        for group, shelf in self._shelves.items():
            if shelf.dirty:
                taken[group], shelf.dirty = shelf.dirty, {}
        return taken

    def give_back(self, taken: Records) -> None:
        """They could not be stored."""
        dirty = (shelf.dirty for shelf in self._shelves.values())
        if self._persistent and sum(map(len, (*taken.values(), *dirty))) <= 2 * self._half:
            for group, records in taken.items():
                shelf = self._shelf(group)
                shelf.dirty = {**records, **shelf.dirty}

    def forget(self, prefixes: Collection[Prefix], torrent_id: str | None = None) -> Iterator[None]:
        """Drop the records of all blocks that share an address with one of `prefixes`, on one torrent or on all.

        Yields now and then, so that the caller can let others run; a few single addresses are done without.
        """
        if len(prefixes) * len(self._shelves) <= _FEW and all(
            each.prefixlen >= bits
            for each in prefixes
            for _, _, version, bits in self._shelves
            if version == each.version
        ):
            for prefix in prefixes:
                for (_, torrent, version, bits), shelf in self._shelves.items():
                    if version == prefix.version and torrent_id in {None, torrent}:
                        self._drop(shelf, _start(prefix, bits))
            return
        blocks = _Blocks(prefixes, self._shelves)

        def touched(shelf: Shelf, start: int) -> bool:
            return torrent_id in {None, shelf.group[1]} and blocks.touch(shelf.group, start)

        yield from self._drop_where(touched)

    def forget_unseen(self, before: int) -> Iterator[None]:
        """Drop records last seen before `before` (epoch ms); yields now and then."""

        def unseen(shelf: Shelf, start: int) -> bool:
            record = shelf.find(start)
            return record is not None and record.last_seen < before

        yield from self._drop_where(unseen)
        for group, shelf in list(self._shelves.items()):
            if not (shelf.young or shelf.old or shelf.dirty):
                del self._shelves[group]

    def _drop_where(self, gone: Callable[[Shelf, int], bool]) -> Iterator[None]:
        count = 0
        for shelf in list(self._shelves.values()):
            for start in [*shelf.young, *shelf.old, *shelf.dirty]:
                if gone(shelf, start):
                    self._drop(shelf, start)
                count += 1
                if count % _SLICE == 0:
                    yield

    def _shelf(self, group: Group) -> Shelf:
        found = self._shelves.get(group)
        if found is None:
            found = self._shelves[group] = Shelf(group)
        return found

    def _drop(self, shelf: Shelf, start: int) -> None:
        self._young -= shelf.drop(start)

    def _insert(self, shelf: Shelf, start: int, record: Known) -> None:
        if self._gone:
            self._let_go()
        if self._young >= self._half:
            for each in self._shelves.values():
                self._gone.append(each.old)
                each.old, each.young = each.young, {}
            self._young = 0
        shelf.young[start] = record
        self._young += 1

    def _let_go(self) -> None:
        for _ in range(_AT_ONCE):
            if self._gone[-1]:
                self._gone[-1].popitem()
            elif len(self._gone) > 1:
                self._gone.pop()
            else:
                self._gone.clear()
                return
