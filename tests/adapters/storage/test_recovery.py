"""Files that are damaged, foreign or newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.adapters.storage import NewerDatabase, open_store
from app.adapters.storage.recovery import recover
from app.services.errors import StorageError
from tests.adapters.storage import examples

NOW = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
DATED = "peerwarden.db.damaged-20261121-193000"


async def filled(path: Path, count: int = 300) -> None:
    store = await open_store(path)
    await store.commit_bans([examples.ban(f"10.0.{n // 256}.{n % 256}") for n in range(count)], ())
    await store.close()


async def opened_anew(path: Path) -> str:
    """Open `path`, check that the new database works, and return why the old one was moved."""
    before = path.read_bytes()
    store = await open_store(path, now=lambda: NOW)
    try:
        assert store.recovered is not None
        assert store.recovered.path == path
        assert store.recovered.moved_to.name == DATED
        assert store.recovered.moved_to.read_bytes() == before
        assert await store.load_bans() == []
        await store.commit_bans([examples.ban()], ())
        assert await store.load_bans() == [examples.ban()]
        return store.recovered.reason.id
    finally:
        await store.close()


@pytest.mark.parametrize("content", [b"x", b"{}\n" * 3000, bytes(5000), b"SQLite format 3\0" * 400])
async def test_garbage_is_moved_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    assert await opened_anew(path) == "storage-damaged"


async def test_a_damaged_header_is_moved_aside(path: Path) -> None:
    await filled(path)
    content = bytearray(path.read_bytes())
    content[:16] = bytes(16)
    path.write_bytes(content)

    assert await opened_anew(path) == "storage-damaged"


async def test_a_damaged_middle_is_moved_aside(path: Path) -> None:
    await filled(path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xa5" * 8192
    path.write_bytes(content)

    assert await opened_anew(path) == "storage-damaged"


async def test_a_cut_off_end_is_moved_aside(path: Path) -> None:
    await filled(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    assert await opened_anew(path) == "storage-damaged"


async def test_the_database_of_another_program_is_moved_aside(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bans (prefix TEXT)")
        connection.commit()

    assert await opened_anew(path) == "storage-foreign"


async def test_an_empty_database_of_another_program_is_moved_aside(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 5")

    assert await opened_anew(path) == "storage-foreign"


async def test_an_empty_file_and_an_unfinished_database_are_used(path: Path) -> None:
    path.touch()
    store = await open_store(path)
    await store.close()
    assert store.recovered is None

    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
    store = await open_store(path)
    await store.close()
    assert store.recovered is None


async def test_the_log_of_a_damaged_database_goes_with_it(path: Path) -> None:
    path.write_bytes(b"x" * 5000)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).write_bytes(tail.encode())

    recovered = recover(path, NOW)

    assert recovered is not None
    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        DATED,
        f"{DATED}-shm",
        f"{DATED}-wal",
    ]


async def test_a_second_damage_in_one_second_gets_a_name_of_its_own(path: Path) -> None:
    for _ in range(3):
        path.write_bytes(b"x" * 5000)
        recover(path, NOW)

    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        DATED,
        f"{DATED}-2",
        f"{DATED}-3",
    ]


async def test_a_newer_database_is_left_alone(path: Path) -> None:
    await filled(path, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', 0)")
        connection.commit()
    before = path.read_bytes()

    with pytest.raises(NewerDatabase) as refusal:
        await open_store(path)

    assert isinstance(refusal.value, StorageError)
    assert refusal.value.text.id == "storage-newer"
    assert not list(path.parent.glob("*damaged*"))
    assert path.read_bytes() == before


async def test_a_database_that_another_program_holds_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, 3)
    monkeypatch.setattr("app.adapters.storage.recovery._PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = exclusive")
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError):
            await open_store(path)
    store = await open_store(path)
    try:
        assert store.recovered is None
        assert len(await store.load_bans()) == 3
    finally:
        await store.close()
