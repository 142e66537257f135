"""SQL that is made once and run for many rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from peewee import SqliteDatabase

from app.adapters.storage.models import Metadata
from app.adapters.storage.sql import as_bytes, built, insertion, run, run_many

INSERT = built(insertion(Metadata, Metadata.k, Metadata.v))


@pytest.fixture
def db() -> Iterator[SqliteDatabase]:
    db = SqliteDatabase(":memory:", autoconnect=False)
    db.connect()
    with db.bind_ctx([Metadata]):
        db.create_tables([Metadata])
    yield db
    db.close()


def test_a_query_has_a_place_per_value_in_order() -> None:
    query = Metadata.update({Metadata.v: "new"}).where(Metadata.k == "old")

    assert built(query) == 'UPDATE "metadata" SET "v" = ? WHERE ("metadata"."k" = ?)'


@pytest.mark.parametrize("count", [0, 1, 32, 33, 200])
def test_every_row_is_run(db: SqliteDatabase, count: int) -> None:
    run_many(db, INSERT, ((str(number), "text") for number in range(count)))

    assert run(db, "SELECT COUNT(*) FROM metadata").fetchone() == (count,)


def test_a_text_with_a_damaged_letter_can_be_read(db: SqliteDatabase) -> None:
    run(db, "INSERT INTO metadata VALUES ('a', CAST(x'ff' AS TEXT))")

    assert run(db, built(Metadata.select(as_bytes(Metadata.v)))).fetchall() == [(b"\xff",)]
