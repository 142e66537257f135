"""Bytes that leaked, in a database of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from app.services.leakage import Leak
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1


async def test_bans_of_before_begin_without_any(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    store = await open_store(path)
    try:
        assert await store.leaks.load() == {}
        (row, *_) = (await store.history(offset=0, limit=1))[1]
        assert row.leaked == 0
        await store.leaks.save([Leak(prefix=row.ban.prefix, since=row.ban.since, bytes=5)])
        assert (await store.history(offset=0, limit=1))[1][0].leaked == 5
    finally:
        await store.close()
