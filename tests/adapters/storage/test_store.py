"""The promises of the storage ports, on real files."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.storage import SqliteStore, open_store
from app.domain.address import parse_prefix
from app.domain.ban import Ban
from app.domain.peer_exception import PeerException
from app.domain.torrent import Torrent
from app.services.errors import StorageError
from app.services.ports import LastState, Store
from tests.adapters.storage import examples, values

FILM = Torrent(id="bb" * 20, hash="bb" * 20, name="A film", size=700)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def execute(path: Path, statement: str, *arguments: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, arguments)


async def listed(store: SqliteStore) -> set[str]:
    return {str(ban.prefix) for ban in await store.load_bans()}


async def test_it_fits_the_port(store: SqliteStore) -> None:
    port: Store = store
    assert await port.load_bans() == []


async def test_a_ban_is_there_after_a_restart(path: Path, store: SqliteStore) -> None:
    bans = [
        examples.ban("203.0.113.9"),
        examples.ban("2001:db8::/52"),
        examples.ban("::ffff:1.2.3.4"),
    ]
    await store.commit_bans(bans, ())
    await store.close()

    again = await open_store(path)
    try:
        assert sorted(await again.load_bans(), key=str) == sorted(bans, key=str)
    finally:
        await again.close()


@settings(max_examples=25)
@given(st.lists(values.bans(), max_size=4, unique_by=lambda ban: ban.prefix))
def test_any_bans_can_be_stored(tmp_path_factory: pytest.TempPathFactory, bans: list[Ban]) -> None:
    async def store_and_load() -> None:
        store = await open_store(tmp_path_factory.mktemp("any") / "peerwarden.db")
        try:
            await store.commit_bans(bans, ())
            found = {ban.prefix: ban for ban in await store.load_bans()}
            total, page = await store.history(offset=0, limit=10)
        finally:
            await store.close()
        assert found == {ban.prefix: ban for ban in bans}
        recorded = {ban.prefix: ban for ban in bans if not ban.disconnect}
        assert total == len(recorded)
        assert {row.ban.prefix: row.ban for row in page} == recorded

    asyncio.run(store_and_load())


async def test_a_removed_ban_leaves_the_list_and_stays_in_the_history(store: SqliteStore) -> None:
    ban = examples.ban("203.0.113.0/24")
    await store.commit_bans([ban, examples.ban("203.0.113.0")], ())
    await store.commit_bans((), [ban.prefix])

    assert await listed(store) == {"203.0.113.0/32"}
    total, page = await store.history(offset=0, limit=10)
    assert total == 2
    assert all(row.unbanned_at is None for row in page)


async def test_exceptions_are_stored_replaced_and_deleted(store: SqliteStore) -> None:
    whole = PeerException(
        id="a",
        prefix=parse_prefix("2001:db8::/32"),
        client="Transmission",
        torrent="aa" * 20,
        until=5,
        note="a friend",
    )
    bare = PeerException(id="b")
    for entry in (PeerException(id="a", note="older"), bare, whole):
        await store.save_exception(entry)

    assert sorted(await store.load_exceptions(), key=lambda entry: entry.id) == [whole, bare]
    await store.delete_exception("a")
    await store.delete_exception("never there")
    assert await store.load_exceptions() == [bare]


async def test_owned_entries_belong_to_their_downloader(store: SqliteStore) -> None:
    first, second, third = map(parse_prefix, ("1.2.3.4", "2001:db8::/52", "::ffff:5.6.7.0/120"))
    await store.change_owned("one", [first, second], ())
    await store.change_owned("two", [first], ())
    await store.change_owned("one", [second, third], [first])

    assert set(await store.owned("one")) == {second, third}
    assert set(await store.owned("two")) == {first}
    await store.forget_downloader("one")
    assert set(await store.owned("one")) == set()
    assert set(await store.owned("two")) == {first}


async def test_the_last_state_of_a_downloader_survives_a_restart(
    path: Path, store: SqliteStore
) -> None:
    await store.save_sweep("one", at=1_000, version="v5.1.0", torrents=[FILM])
    await store.save_sweep("one", at=6_000, version="v5.1.0", torrents=[FILM])
    latest = {"one": LastState(at=6_000, version="v5.1.0", torrents=1)}
    assert await store.last_states() == latest
    await store.close()

    again = await open_store(path)
    try:
        assert await again.last_states() == latest
        await again.forget_downloader("one")
        assert await again.last_states() == {}
    finally:
        await again.close()


async def test_a_sweep_without_news_writes_nothing(path: Path, store: SqliteStore) -> None:
    log = path.with_name("peerwarden.db-wal")
    await store.save_sweep("one", at=1_000, version="v5", torrents=[FILM])
    size = log.stat().st_size
    for number in range(20):
        await store.save_sweep("one", at=1_000 + number, version="v5", torrents=[FILM])

    assert log.stat().st_size == size


async def test_bans_and_sweeps_tell_of_the_same_torrents(path: Path, store: SqliteStore) -> None:
    await store.save_sweep("one", at=1, version="v5", torrents=[FILM])
    await store.commit_bans([examples.ban(torrent=FILM.hash)], ())

    assert rows(path, "SELECT COUNT(*) FROM torrents") == [(1,)]


async def test_many_calls_at_once_are_all_served(store: SqliteStore) -> None:
    bans = [examples.ban(f"10.0.{n // 256}.{n % 256}", since=n) for n in range(300)]
    async with asyncio.TaskGroup() as tasks:
        for ban in bans:
            tasks.create_task(store.commit_bans([ban], ()))
            tasks.create_task(store.history(offset=0, limit=3))
            tasks.create_task(store.change_owned("one", [ban.prefix], ()))

    assert len(await store.load_bans()) == 300
    assert (await store.history(offset=0, limit=1))[0] == 300
    assert len(await store.owned("one")) == 300


async def test_close_lets_the_calls_that_wait_finish(path: Path, store: SqliteStore) -> None:
    async with asyncio.TaskGroup() as tasks:
        for number in range(50):
            tasks.create_task(store.commit_bans([examples.ban(f"10.0.0.{number}")], ()))
        await asyncio.sleep(0)
        await store.close()
        await store.close()

    assert rows(path, "SELECT COUNT(*) FROM bans") == [(50,)]
    assert not path.with_name("peerwarden.db-wal").exists()
    with pytest.raises(StorageError):
        await store.load_bans()


async def test_a_caller_that_gives_up_harms_nobody(store: SqliteStore) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = [
            tasks.create_task(store.commit_bans([examples.ban(f"10.0.0.{n}")], ()))
            for n in range(20)
        ]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()

    assert {f"10.0.0.{n}/32" for n in range(1, 20, 2)} <= await listed(store)
    await store.commit_bans([examples.ban("1.2.3.4")], ())
    assert "1.2.3.4/32" in await listed(store)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
async def test_a_disk_that_refuses_changes_nothing_and_may_come_back(
    path: Path, store: SqliteStore
) -> None:
    import resource  # noqa: PLC0415 - POSIX only

    await store.commit_bans([examples.ban("1.2.3.4")], ())
    many = [examples.ban(f"10.{n // 256}.{n % 256}.1") for n in range(2_000)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 300_000, hard))
    try:
        with pytest.raises(StorageError):
            await store.commit_bans(many, [parse_prefix("1.2.3.4")])
        with pytest.raises(StorageError):
            await store.commit_bans(many, [parse_prefix("1.2.3.4")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert await listed(store) == {"1.2.3.4/32"}
    assert (await store.history(offset=0, limit=1))[0] == 1
    await store.commit_bans(many, [parse_prefix("1.2.3.4")])
    assert len(await store.load_bans()) == 2_000


async def test_a_path_that_takes_no_database_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing" / "peerwarden.db"):
        with pytest.raises(StorageError):
            await open_store(path)
