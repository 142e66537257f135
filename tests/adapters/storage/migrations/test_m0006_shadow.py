"""What rules in shadow would have banned, in a database of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1
from tests.adapters.storage.test_shadow_table import RULE, decision


async def test_decisions_can_be_kept_in_a_database_of_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    store = await open_store(path)
    try:
        kept = decision("203.0.113.1", at=10)
        await store.shadows.add([kept])
        assert await store.shadows.recent(RULE, limit=9) == [kept]
    finally:
        await store.close()
