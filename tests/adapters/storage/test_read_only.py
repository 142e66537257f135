"""A second process reads the list."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import NewerDatabase, SqliteStore, open_store, read_bans
from app.services.errors import StorageError
from tests.adapters.storage import examples


async def test_it_reads_what_is_committed_while_the_program_runs(
    path: Path, store: SqliteStore
) -> None:
    await store.commit_bans([examples.ban()], ())
    assert read_bans(path) == [examples.ban()]

    await store.commit_bans((), [examples.ban().prefix])
    assert read_bans(path) == []


async def test_it_reads_and_changes_nothing_after_the_program_ended(path: Path) -> None:
    store = await open_store(path)
    await store.commit_bans([examples.ban()], ())
    await store.close()
    before = path.read_bytes()

    assert read_bans(path) == [examples.ban()]
    assert path.read_bytes() == before


async def test_it_makes_no_database(path: Path) -> None:
    with pytest.raises(StorageError, match="no database"):
        read_bans(path)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"x" * 5000])
async def test_it_refuses_what_is_no_database_of_ours(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StorageError):
        read_bans(path)
    assert path.read_bytes() == content


async def test_it_refuses_a_newer_database(path: Path) -> None:
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', 0)")
        connection.commit()

    with pytest.raises(NewerDatabase):
        read_bans(path)
