"""SQL made once by peewee and run many times: building it per row would cost more than running it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from peewee import Cast, Field, Insert, Model, Query, SqliteDatabase

from app.adapters.storage.thread import unhurried

Row: TypeAlias = Sequence[object]

_DIALECT: Final = SqliteDatabase(None)
_BATCH: Final = 32


def built(query: Query) -> str:
    """The text of `query` with a `?` per value, in the order in which they stand in it."""
    context = _DIALECT.get_sql_context()
    text, _ = context.sql(query).query()  # type: ignore[no-untyped-call] # peewee's stubs have gaps
    return str(text)


def insertion(model: type[Model], *fields: Field) -> Insert:
    """An INSERT with a place for each of `fields`; a conflict clause can follow."""
    query: Insert = model.insert_many([(None,) * len(fields)], fields=list(fields))
    return query


def as_bytes(field: Field) -> Cast:
    """A text column as bytes: one damaged letter shall not stop a whole query."""
    return field.cast("BLOB")


def run(db: SqliteDatabase, sql: str, values: Row = ()) -> sqlite3.Cursor:
    """Run `sql` with `values` past peewee, which would only make it slower."""
    connection: sqlite3.Connection = db.connection()  # type: ignore[no-untyped-call] # peewee's stubs have gaps
    return connection.execute(sql, values)


def run_many(db: SqliteDatabase, sql: str, rows: Iterable[Row]) -> None:
    """Run `sql` for each of `rows`, made while it goes, and give way to the loop now and then."""
    connection: sqlite3.Connection = db.connection()  # type: ignore[no-untyped-call] # as above
    batch: list[Row] = []
    for row in unhurried(rows):
        batch.append(row)
        if len(batch) == _BATCH:
            connection.executemany(sql, batch)
            batch.clear()
    if batch:
        connection.executemany(sql, batch)
