"""Remote lists in a database of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1
from tests.adapters.storage.test_subscription_table import KEPT, ROW


async def test_lists_can_be_remembered_in_a_database_of_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    store = await open_store(path)
    try:
        assert await store.subscriptions.load() == []
        await store.subscriptions.save(KEPT, ROW)
        assert await store.subscriptions.load() == [KEPT]
    finally:
        await store.close()
