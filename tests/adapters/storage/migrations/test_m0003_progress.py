"""What the progress rule remembers, in a database of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1
from tests.adapters.storage.test_progress_table import key4, record


async def test_records_can_be_kept_in_a_database_of_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    store = await open_store(path)
    try:
        await store.progress.save([(key4(), record())])
        assert await store.progress.forget_unseen(before=3_000) == 1
    finally:
        await store.close()
