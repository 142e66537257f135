"""The memory of the progress rule as rows, one for each block of addresses on a torrent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from peewee import SqliteDatabase

from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clamped, clean
from app.adapters.storage.models import Progress
from app.adapters.storage.sql import Row, as_bytes, built, insertion, run, run_many
from app.adapters.storage.thread import DatabaseThread, unhurried
from app.domain.address import Prefix
from app.domain.progress_memory import Group, Key, Wanted, prefix_of
from app.domain.progress_record import Connection, ProgressRecord

T = TypeVar("T")

_FORGET_AT_ONCE: Final = 200

_COLUMNS: Final = (
    Progress.downloader,
    Progress.torrent,
    Progress.block,
    Progress.total,
    Progress.completed,
    Progress.differences,
    Progress.rewinds,
    Progress.first_seen,
    Progress.last_seen,
    Progress.details,
)
_UPSERT: Final = built(insertion(Progress, *_COLUMNS).on_conflict_replace())
_BLOCKS_AT_ONCE: Final = 100
_FIND: Final = built(
    Progress.select(
        Progress.block,
        Progress.total,
        Progress.completed,
        Progress.differences,
        Progress.rewinds,
        Progress.first_seen,
        Progress.last_seen,
        as_bytes(Progress.details),
    ).where(
        (Progress.downloader == "")
        & (Progress.torrent == "")
        & (Progress.last_seen >= 0)
        & (Progress.block << [b""] * _BLOCKS_AT_ONCE)
    )
)
"""Asked for many blocks of one torrent at once, which takes a tenth of asking one by one."""

_TORRENTS_AT_ONCE: Final = 100
_ANY: Final = f"""
WITH asked(place, name) AS (VALUES {", ".join(f"({at}, ?)" for at in range(_TORRENTS_AT_ONCE))})
SELECT place FROM asked WHERE EXISTS (
    SELECT 1 FROM progress WHERE downloader = ? AND torrent = name AND block >= ? AND block < ?
)
"""  # noqa: S608 - made of numbers
"""Whether there is anything about torrents, before it is asked for every peer of new ones."""


class _Details(msgspec.Struct):
    """What stands in the column of that name."""

    left: tuple[float, ...] = ()
    connections: list[tuple[int, int, int, int, int, int, float, int, int, int]] = []
    """The fields of `Connection` that are stored, in their order there."""


_DETAILS: Final = msgspec.json.Decoder(_Details)


class SqliteProgress:
    """Implements `ProgressStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def load(self, wanted: Wanted, *, since: int) -> Sequence[tuple[Key, ProgressRecord]]:
        """Those that are stored and new enough; a row that cannot be read is reported and left where it is."""
        return await self._thread.run(partial(_load, wanted=wanted, since=since))

    async def save(self, records: Sequence[tuple[Key, ProgressRecord]]) -> None:
        """Store them, each whole."""

        def work(db: SqliteDatabase) -> None:
            run_many(db, _UPSERT, (_row(key, record) for key, record in records))

        await self._thread.run(work)

    async def forget(self, prefixes: Collection[Prefix]) -> None:
        """Delete all that share an address with one of `prefixes`."""

        def work(db: SqliteDatabase) -> None:
            lengths = _lengths(db)
            for prefix in unhurried(prefixes):
                _forget(db, prefix, lengths)

        await self._thread.run(work)

    async def forget_unseen(self, *, before: int) -> int:
        """Delete rows last seen before `before` (epoch ms), a few per transaction; returns how many."""
        forgotten = 0
        while True:
            some = await self._thread.run(partial(_forget_unseen, before=before))
            forgotten += some
            if some < _FORGET_AT_ONCE:
                return forgotten


def block_bytes(prefix: Prefix) -> bytes:
    """The key of a block: IP version, address, bits; blocks inside a prefix lie between its ends."""
    return bytes([prefix.version]) + prefix.network_address.packed + bytes([prefix.prefixlen])


def _load(db: SqliteDatabase, wanted: Wanted, since: int) -> list[tuple[Key, ProgressRecord]]:
    found: list[tuple[Key, ProgressRecord]] = []
    unreadable = UnreadableRows("progress")
    for group, blocks in unhurried(_portions(db, wanted)):
        for block, *row in run(db, _FIND, (*_names(group), since, *blocks)).fetchall():
            key = group, int.from_bytes(block[1:-1])
            try:
                found.append((key, _record(row)))
            except (ValueError, TypeError) as error:
                unreadable.add(str(prefix_of(key)), error)
    unreadable.report()
    return found


def _portions(db: SqliteDatabase, wanted: Wanted) -> Iterator[tuple[Group, list[bytes]]]:
    """The blocks to ask for at once, for torrents of which anything is stored."""
    for group in _stored(db, wanted):
        blocks = [_block(group, start) for start in sorted(set(wanted[group]))]
        for some in _full(blocks, _BLOCKS_AT_ONCE):
            yield group, some


def _stored(db: SqliteDatabase, groups: Iterable[Group]) -> Iterator[Group]:
    """Those of which anything is stored."""
    alike: dict[tuple[str, int], list[Group]] = {}
    for group in groups:
        alike.setdefault((group[0], group[2]), []).append(group)
    for (downloader, version), of_it in alike.items():
        limits = clean(downloader), bytes([version]), bytes([version + 1])
        for some in _full(of_it, _TORRENTS_AT_ONCE):
            names = [clean(group[1]) for group in some]
            places = {place for (place,) in run(db, _ANY, (*names, *limits))}
            yield from dict.fromkeys(some[place] for place in sorted(places))


def _full(items: list[T], count: int) -> Iterator[list[T]]:
    """So many at a time, so that one text of SQL does for all: the rest stands there with its last repeated."""
    for first in range(0, len(items), count):
        some = items[first : first + count]
        yield some + some[-1:] * (count - len(some))


def _block(group: Group, start: int) -> bytes:
    """The same as `block_bytes` of the prefix, without making one."""
    _, _, version, bits = group
    return bytes([version]) + start.to_bytes(4 if version == 4 else 16) + bytes([bits])  # noqa: PLR2004 - IP version


def _names(group: Group) -> tuple[str, str]:
    return clean(group[0]), clean(group[1])


def _row(key: Key, record: ProgressRecord) -> Row:
    details = _Details(
        record.left,
        [
            (
                each.ip,
                each.port,
                each.first_seen,
                each.last_seen,
                each.received,
                each.last_uploaded,
                each.progress,
                each.window_end,
                each.fast_at,
                each.falls,
            )
            for each in record.connections
        ],
    )
    return (
        *_names(key[0]),
        _block(*key),
        clamped(record.total),
        clamped(record.completed),
        record.differences,
        record.rewinds,
        record.first_seen,
        record.last_seen,
        msgspec.json.encode(details).decode(),
    )


def _record(row: Sequence[Any]) -> ProgressRecord:
    *numbers, text = row
    if not all(isinstance(number, int) for number in numbers):
        raise UnreadableRow("a number is missing")
    details = _DETAILS.decode(text)
    total, completed, differences, rewinds, first_seen, last_seen = numbers
    return ProgressRecord(
        total=total,
        completed=completed,
        differences=differences,
        rewinds=rewinds,
        first_seen=first_seen,
        last_seen=last_seen,
        left=details.left,
        connections=[Connection(*each) for each in details.connections],
    )


def _lengths(db: SqliteDatabase) -> set[tuple[int, int]]:
    """IP versions with the lengths of blocks in use, which are one or two as a rule."""
    sql = "SELECT DISTINCT substr(block, 1, 1), substr(block, -1) FROM progress"
    return {(version[0], bits[0]) for version, bits in run(db, sql) if version and bits}


def _forget(db: SqliteDatabase, prefix: Prefix, lengths: set[tuple[int, int]]) -> None:
    around = [
        block_bytes(prefix.supernet(new_prefix=bits))
        for version, bits in lengths
        if version == prefix.version and bits <= prefix.prefixlen
    ]
    Progress.delete().where(Progress.block << around).execute(db)
    head = bytes([prefix.version])
    low = head + prefix.network_address.packed
    high = head + prefix.broadcast_address.packed + b"\xff"
    Progress.delete().where(Progress.block.between(low, high)).execute(db)


def _forget_unseen(db: SqliteDatabase, before: int) -> int:
    sql = (
        "DELETE FROM progress WHERE (downloader, torrent, block) IN"
        " (SELECT downloader, torrent, block FROM progress WHERE last_seen < ? LIMIT ?)"
    )
    return run(db, sql, (before, _FORGET_AT_ONCE)).rowcount
