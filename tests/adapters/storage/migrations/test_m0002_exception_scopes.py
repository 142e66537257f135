"""The scopes that exceptions got in the second version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from tests.adapters.storage.migrations.test_m0001_first import VERSION_1


async def test_an_exception_of_before_means_what_it_meant_and_new_scopes_can_be_stored(
    path: Path,
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    new = PeerException(id="b", peer_id="-TR", downloader="nas", rule="auto-range-ban", note="new")

    store = await open_store(path)
    try:
        (old,) = await store.load_exceptions()
        assert old == PeerException(id="a", prefix=parse_prefix("203.0.113.9"), note="mine")
        assert old.unconditional
        await store.save_exception(new)
        assert await store.load_exceptions() == [old, new]
    finally:
        await store.close()
