"""What is remembered of torrents."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from app.adapters.storage import SqliteStore
from app.domain.torrent import Torrent

FILM = Torrent(id="bb" * 20, hash="bb" * 20, name="A film", size=700)


def stored(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT info_hash, name, size, private_torrent FROM torrents"
        ).fetchall()


async def test_a_magnet_link_gets_its_name_and_size_later(path: Path, store: SqliteStore) -> None:
    magnet = replace(FILM, name=FILM.hash, size=0)
    await store.save_sweep("one", at=1, version="v5", torrents=[magnet])
    await store.save_sweep("one", at=2, version="v5", torrents=[FILM])

    assert stored(path) == [("bb" * 20, "A film", 700, 0)]


async def test_a_known_size_and_privacy_do_not_get_lost(path: Path, store: SqliteStore) -> None:
    await store.save_sweep("one", at=1, version="v5", torrents=[replace(FILM, private=True)])
    await store.save_sweep("two", at=2, version="v4", torrents=[replace(FILM, size=0)])

    assert stored(path) == [("bb" * 20, "A film", 700, 1)]


async def test_downloaders_that_disagree_do_not_write_each_time(
    path: Path, store: SqliteStore
) -> None:
    log = path.with_name("peerwarden.db-wal")
    mine, theirs = [FILM], [replace(FILM, name="Another name")]
    for at in (1, 2):
        await store.save_sweep("one", at=at, version="v5", torrents=mine)
        await store.save_sweep("two", at=at, version="v5", torrents=theirs)
    size = log.stat().st_size
    for at in range(3, 20):
        await store.save_sweep("one", at=at, version="v5", torrents=mine)
        await store.save_sweep("two", at=at, version="v5", torrents=theirs)

    assert log.stat().st_size == size


async def test_a_size_beyond_all_reason_is_stored_as_the_largest(
    path: Path, store: SqliteStore
) -> None:
    await store.save_sweep("one", at=1, version="v5", torrents=[replace(FILM, size=10**30)])

    assert stored(path) == [("bb" * 20, "A film", 2**63 - 1, 0)]
