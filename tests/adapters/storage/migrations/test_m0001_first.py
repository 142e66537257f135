"""The first version of the tables, as users have them on their disks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import open_store
from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from app.services.ports import LastState
from tests.adapters.storage import examples

VERSION_1 = Path(__file__).parent / "version_1.sql"
"""What `.dump` said of a database of the first version, and `PRAGMA application_id`, which it leaves out."""


async def test_a_database_of_the_first_version_is_read_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))

    store = await open_store(path)
    try:
        assert store.recovered is None
        assert await store.load_bans() == [examples.ban()]
        total, (row,) = await store.history(offset=0, limit=10)
        assert (total, row.ban, row.unbanned_at) == (1, examples.ban(), None)
        prefix = parse_prefix("203.0.113.9")
        assert await store.load_exceptions() == [PeerException(id="a", prefix=prefix, note="mine")]
        assert set(await store.owned("one")) == {prefix}
        assert await store.last_states() == {"one": LastState(at=7, version="v5", torrents=1)}
    finally:
        await store.close()
