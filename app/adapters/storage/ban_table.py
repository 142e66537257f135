"""The ban list as rows; all of it runs on the storage thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.codec import BanDecoder, BanEncoder
from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clamped, clean, prefix_text
from app.adapters.storage.models import Bans
from app.adapters.storage.sql import Row, as_bytes, built, insertion, run, run_many
from app.adapters.storage.thread import unhurried
from app.domain.address import Prefix
from app.domain.ban import Ban

_UPSERT: Final = (
    built(
        insertion(
            Bans, Bans.prefix, Bans.since, Bans.until, Bans.rule, Bans.source, Bans.payload
        ).on_conflict(
            conflict_target=[Bans.prefix],
            preserve=[Bans.since, Bans.until, Bans.rule, Bans.source, Bans.payload],
        )
    )
    # Another end is no other ban. peewee would put the table's name before the column that is set.
    + ', "leaked" = CASE WHEN "bans"."since" = EXCLUDED."since" THEN "bans"."leaked" END'
)
_DELETE: Final = built(Bans.delete().where(Bans.prefix == ""))
SELECT: Final = built(
    Bans.select(
        as_bytes(Bans.prefix), Bans.since, Bans.until, as_bytes(Bans.source), as_bytes(Bans.payload)
    )
)
"""The columns of `read`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A ban on its way into the tables."""

    ban: Ban
    key: str
    payload: str


def entries(bans: Iterable[Ban]) -> list[Entry]:
    """Encode `bans`."""
    encoder = BanEncoder()
    return [Entry(ban, prefix_text(ban.prefix), encoder.payload(ban)) for ban in unhurried(bans)]


def put(db: SqliteDatabase, bans: Iterable[Entry]) -> None:
    """Store bans; those of the same prefix are replaced."""
    run_many(db, _UPSERT, map(_row, bans))


def remove(db: SqliteDatabase, prefixes: Collection[Prefix]) -> None:
    """Delete the bans of exactly these prefixes."""
    run_many(db, _DELETE, ((prefix_text(prefix),) for prefix in prefixes))


def load(db: SqliteDatabase) -> list[Ban]:
    """The whole list."""
    return read(run(db, SELECT))


def read(rows: Iterable[Row]) -> list[Ban]:
    """The bans of rows of `SELECT`; what cannot be read is reported in the log and left out."""
    decoder = BanDecoder()
    bans = []
    unreadable = UnreadableRows("ban")
    for row in unhurried(rows):
        try:
            bans.append(decoder.ban(*row))
        except UnreadableRow as error:
            unreadable.add(row[0], error)
    unreadable.report()
    return bans


def _row(entry: Entry) -> Row:
    ban = entry.ban
    return (
        entry.key,
        clamped(ban.since),
        clamped(ban.until),
        clean(ban.rule),
        ban.source.value,
        entry.payload,
    )
