"""The records of the progress rule: found by number, bounded, and aware of what is not stored yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Final, TypeAlias

from app.domain.address import IPAddress, Prefix
from app.domain.progress_record import ProgressRecord
from app.domain.sighting import Sighting

Group: TypeAlias = tuple[str, str, int, int]
"""Downloader, torrent id, IP version, bits of the blocks."""
Key: TypeAlias = tuple[Group, int]
"""A group, and the first address of a block as a number."""

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


class ProgressMemory:
    """At most `most` records that are stored, plus those that wait for it.

    They live in two generations: whatever is asked for is in the young one; when that has half of the room, the old
    one goes. So each look-up costs the same, and no list of ages is kept.
    """

    def __init__(self, *, most: int = MOST, persistent: bool = True) -> None:
        self._half = max(1, most // 2)
        self._persistent = persistent
        self._young: dict[Key, ProgressRecord] = {}
        self._old: dict[Key, ProgressRecord] = {}
        self._gone: dict[Key, ProgressRecord] = {}
        self._dirty: dict[Key, ProgressRecord] = {}
        self._groups: dict[Group, Group] = {}
        self._last: Group = ("", "", 0, 0)

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    @property
    def persistent(self) -> bool:
        """Whether changes are collected for `take_dirty`."""
        return self._persistent

    def persist(self, persistent: bool) -> None:  # noqa: FBT001 - a switch
        """Collect changes from now on, or no longer."""
        self._persistent = persistent
        if not persistent:
            self._dirty.clear()

    def key(self, sighting: Sighting, blocks: Blocks) -> Key:
        """The key of the block that the peer is in."""
        ip: IPAddress = sighting.peer.address.effective.ip
        version, bits, longest = (
            (4, blocks.ipv4, 32) if isinstance(ip, IPv4Address) else (6, blocks.ipv6, 128)
        )
        downloader, torrent, last = sighting.downloader, sighting.torrent.id, self._last
        if not (
            last[1] is torrent and last[0] is downloader and last[2] == version and last[3] == bits
        ):
            # Peers come torrent by torrent.
            group = (downloader, torrent, version, bits)
            self._last = last = self._groups.setdefault(group, group)
        shift = longest - bits
        return last, int(ip) >> shift << shift

    def record(self, key: Key, at: int) -> ProgressRecord:
        """The record, made when there is none; it is about to change."""
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None) or self._dirty.get(key)
            if found is None:
                found = ProgressRecord(at, at)
            self._insert(key, found)
        if self._persistent:
            self._dirty[key] = found
        return found

    def missing(self, sightings: Iterable[Sighting], blocks: Blocks) -> list[Key]:
        """Keys of those that will be judged and have no record here, each once."""
        young, old, dirty = self._young, self._old, self._dirty
        found: dict[Key, None] = {}
        for sighting in sightings:
            if not sighting.peer.handshaking:
                key = self.key(sighting, blocks)
                if key not in young and key not in old and key not in dirty:
                    found[key] = None
        return list(found)

    def put(self, loaded: Iterable[tuple[Key, ProgressRecord]]) -> None:
        """Take in stored records; one that came to be meanwhile stays."""
        for (given, start), record in loaded:
            key = (self._groups.setdefault(given, given), start)
            if key not in self._young and key not in self._old and key not in self._dirty:
                self._insert(key, record)

    def take_dirty(self) -> dict[Key, ProgressRecord]:
        """Everything that changed since the last time; the records are live."""
        taken, self._dirty = self._dirty, {}
        return taken

    def give_back(self, taken: dict[Key, ProgressRecord]) -> None:
        """They could not be stored."""
        if self._persistent and len(taken) + len(self._dirty) <= 2 * self._half:
            self._dirty = {**taken, **self._dirty}

    def forget(self, prefixes: Collection[Prefix], torrent_id: str | None = None) -> Iterator[None]:
        """Drop the records of all blocks that share an address with one of `prefixes`, on one torrent or on all.

        Yields now and then, so that the caller can let others run; a few single addresses are done without.
        """
        if len(prefixes) * len(self._groups) <= _FEW and all(
            each.prefixlen >= bits
            for each in prefixes
            for _, _, version, bits in self._groups
            if version == each.version
        ):
            for prefix in prefixes:
                for group in self._groups:
                    _, torrent, version, bits = group
                    if version == prefix.version and torrent_id in {None, torrent}:
                        self._drop((group, _start(prefix, bits)))
            return
        yield from self._forget_where(_Blocks(prefixes, self._groups), torrent_id)

    def forget_unseen(self, before: int) -> Iterator[None]:
        """Drop records last seen before `before` (epoch ms); yields now and then."""
        for place in (self._young, self._old, self._dirty):
            for index, key in enumerate(list(place)):
                record = place.get(key)
                if record is not None and record.last_seen < before:
                    self._drop(key)
                if index % _SLICE == 0:
                    yield

    def _forget_where(self, blocks: _Blocks, torrent_id: str | None) -> Iterator[None]:
        for index, key in enumerate([*self._young, *self._old, *self._dirty]):
            group, start = key
            if torrent_id in {None, group[1]} and blocks.touch(group, start):
                self._drop(key)
            if index % _SLICE == 0:
                yield

    def _drop(self, key: Key) -> None:
        self._young.pop(key, None)
        self._old.pop(key, None)
        self._dirty.pop(key, None)

    def _insert(self, key: Key, record: ProgressRecord) -> None:
        for _ in range(min(_AT_ONCE, len(self._gone))):
            self._gone.popitem()
        if len(self._young) >= self._half:
            self._gone = self._old
            self._old, self._young = self._young, {}
        self._young[key] = record
