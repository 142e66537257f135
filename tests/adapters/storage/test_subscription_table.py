"""Remote lists and their log in the database."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.adapters.storage import SqliteStore
from app.domain.reason import Text
from app.services.fetching import Stamp
from app.services.subscription import KeptList, ListKey, ListKind, ListLogRow

KEY = ListKey(ListKind.ADDRESSES, "all-in-one")
KEPT = KeptList(
    key=KEY,
    url="https://example.org/a.txt",
    stamp=Stamp(etag='"1"', modified="yesterday"),
    sha256="ab" * 32,
    entries=3,
    updated_at=1,
    checked_at=2,
)
ROW = ListLogRow(
    key=KEY, at=5, entries=3, manual=False, result=Text("list-refused", {"why": Text("list-same")})
)


async def test_a_list_is_remembered_until_it_is_forgotten(store: SqliteStore) -> None:
    lists = store.subscriptions
    other = replace(KEPT, key=ListKey(ListKind.NAMES, KEY.id))
    await lists.save(KEPT, None)
    await lists.save(other, None)
    await lists.save(replace(KEPT, entries=4), ROW)
    assert {kept.key: kept for kept in await lists.load()} == {
        KEY: replace(KEPT, entries=4),
        other.key: other,
    }

    await lists.forget(KEY)
    assert await lists.load() == [other]
    assert await lists.log(None, offset=0, limit=9) == (1, [ROW])


async def test_the_log_shows_its_newest_first_and_forgets_its_oldest(store: SqliteStore) -> None:
    lists = store.subscriptions
    rows = [replace(ROW, at=at, manual=at == 7) for at in (5, 6, 7)]
    for row in rows:
        await lists.save(None, row)
    await lists.save(None, replace(ROW, key=ListKey(ListKind.NAMES, "b")))

    assert await lists.log(KEY, offset=1, limit=1) == (3, [rows[1]])
    await lists.forget_log(before=6)
    assert await lists.log(None, offset=0, limit=9) == (2, [rows[2], rows[1]])


async def test_rows_that_cannot_be_read_are_left_out_and_kept(
    path: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    lists = store.subscriptions
    await lists.save(KEPT, ROW)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE subscriptions SET kind = 'other'")
        connection.execute("UPDATE subscription_log SET result = '{'")
    with caplog.at_level(logging.WARNING):
        assert await lists.load() == []
        assert await lists.log(None, offset=0, limit=9) == (1, [])
    assert len(caplog.messages) == 2
