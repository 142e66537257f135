"""Exceptions that nobody can read."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import SqliteStore
from app.domain.peer_exception import PeerException


async def test_an_exception_that_cannot_be_read_is_left_out_and_kept(
    path: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    whole = PeerException(id="whole", note="mine")
    await store.save_exception(whole)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO exceptions (id, prefix, note) VALUES ('a', 'nowhere', '')")
        connection.execute("INSERT INTO exceptions (id, until, note) VALUES ('b', 'late', '')")

    with caplog.at_level(logging.WARNING):
        assert await store.load_exceptions() == [whole]
    assert len(caplog.messages) == 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM exceptions").fetchone() == (3,)
