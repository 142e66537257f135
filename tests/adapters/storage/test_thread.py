"""Transactions on one thread."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from app.adapters.storage.sql import run
from app.adapters.storage.thread import DatabaseThread
from app.services.errors import StorageError


def prepare(db: SqliteDatabase) -> None:
    run(db, "CREATE TABLE notes (text TEXT NOT NULL)")


def count(db: SqliteDatabase) -> int:
    return int(run(db, "SELECT COUNT(*) FROM notes").fetchone()[0])


def note(db: SqliteDatabase, text: str | None = "x" * 1000) -> None:
    run(db, "INSERT INTO notes VALUES (?)", (text,))


@pytest.fixture
async def thread(tmp_path: Path) -> AsyncIterator[DatabaseThread]:
    db = SqliteDatabase(
        str(tmp_path / "notes.db"), pragmas={"max_page_count": 8}, autoconnect=False
    )
    thread = DatabaseThread(db)
    await thread.open(prepare)
    try:
        yield thread
    finally:
        await thread.close()


async def test_all_work_runs_on_one_other_thread(thread: DatabaseThread) -> None:
    seen = {await thread.run(lambda _db: threading.get_ident()) for _ in range(5)}

    assert len(seen) == 1
    assert threading.get_ident() not in seen


async def test_work_that_fails_is_undone_as_a_whole(thread: DatabaseThread) -> None:
    def work(db: SqliteDatabase) -> None:
        note(db)
        note(db, None)

    with pytest.raises(StorageError, match="NOT NULL"):
        await thread.run(work)
    assert await thread.run(count) == 0


async def test_a_bug_in_the_work_is_undone_and_flies(thread: DatabaseThread) -> None:
    def work(db: SqliteDatabase) -> None:
        note(db)
        raise KeyError("bug")

    undone: list[bool] = []
    with pytest.raises(KeyError):
        await thread.run(work, undone=lambda: undone.append(True))
    assert undone == [True]
    assert await thread.run(count) == 0


async def test_a_full_disk_says_so_and_the_next_call_works(thread: DatabaseThread) -> None:
    def work(db: SqliteDatabase) -> None:
        for _ in range(100):
            note(db)

    with pytest.raises(StorageError) as refusal:
        await thread.run(work)
    assert "full" in str(refusal.value.text.params["detail"])
    await thread.run(note)
    assert await thread.run(count) == 1


async def test_a_database_that_does_not_open_leaves_no_thread(tmp_path: Path) -> None:
    thread = DatabaseThread(SqliteDatabase(str(tmp_path), autoconnect=False))

    with pytest.raises(StorageError):
        await thread.open(prepare)
    with pytest.raises(StorageError, match="closed"):
        await thread.run(count)
