"""Records in a database of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1
from tests.adapters.storage.test_journal_table import hour
from tests.adapters.storage.test_peer_record_table import report
from tests.adapters.storage.test_session_table import sessions, totals
from tests.adapters.storage.test_swarm_table import report as tracked


async def test_records_can_be_kept_in_a_database_of_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    store = await open_store(path)
    try:
        await store.peer_records.write([report()])
        await store.sessions.write(1, sessions(2))
        await store.sessions.count(1)
        await store.swarm.write([tracked()])
        await store.journal.write([hour(1)])
        assert await totals(store) == [(1, "one", 2)]
        assert await store.swarm.count() == 1
    finally:
        await store.close()
