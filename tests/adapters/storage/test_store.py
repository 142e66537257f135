"""The promises of the storage ports, on real files."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.storage import SqliteStore, open_store
from app.adapters.storage.store import FORGET_AT_ONCE
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


async def test_a_later_ban_of_a_prefix_replaces_the_earlier(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(since=1)], ())
    await store.commit_bans([examples.ban(since=2)], ())

    assert [ban.since for ban in await store.load_bans()] == [2]
    assert (await store.history(offset=0, limit=10))[0] == 2


async def test_what_is_added_and_removed_at_once_ends_up_in_the_list(store: SqliteStore) -> None:
    ban = examples.ban()
    await store.commit_bans([ban], [ban.prefix])

    assert await store.load_bans() == [ban]


async def test_a_removed_ban_leaves_the_list_and_stays_in_the_history(store: SqliteStore) -> None:
    ban = examples.ban("203.0.113.0/24")
    await store.commit_bans([ban, examples.ban("203.0.113.0")], ())
    await store.commit_bans((), [ban.prefix])

    assert await listed(store) == {"203.0.113.0/32"}
    total, page = await store.history(offset=0, limit=10)
    assert total == 2
    assert all(row.unbanned_at is None for row in page)


async def test_an_unban_by_hand_marks_the_newest_row_of_the_prefix_only(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(since=1)], ())
    await store.commit_bans([examples.ban(since=2), examples.ban("1.2.3.4")], ())
    await store.commit_bans((), [examples.ban().prefix], undone_at=77)

    _, page = await store.history(offset=0, limit=10)
    marks = {(str(row.ban.prefix), row.ban.since): row.unbanned_at for row in page}
    assert marks == {
        ("203.0.113.9/32", 2): 77,
        ("203.0.113.9/32", 1): None,
        ("1.2.3.4/32", 1_000_000): None,
    }


async def test_a_ban_that_was_over_anyway_did_not_end_early(store: SqliteStore) -> None:
    ban = examples.ban(until=5_000_000)
    await store.commit_bans([ban], ())
    await store.commit_bans((), [ban.prefix], undone_at=5_000_001)

    assert (await store.history(offset=0, limit=1))[1][0].unbanned_at is None


async def test_an_unban_that_is_taken_back_leaves_no_mark_and_no_second_row(
    store: SqliteStore,
) -> None:
    ban = examples.ban()
    await store.commit_bans([ban], ())
    await store.commit_bans((), [ban.prefix], undone_at=1_000_001)
    await store.commit_bans([ban], (), record=False)

    total, page = await store.history(offset=0, limit=10)
    assert total == 1
    assert page[0].unbanned_at is None
    assert await store.load_bans() == [ban]


async def test_a_mere_disconnect_is_listed_but_not_recorded(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(disconnect=True)], ())

    assert len(await store.load_bans()) == 1
    assert await store.history(offset=0, limit=10) == (0, [])


async def test_the_history_is_paged_newest_first(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(f"10.0.0.{n}", since=n) for n in range(9)], ())
    await store.commit_bans([examples.ban("10.0.0.99", since=4)], ())

    total, page = await store.history(offset=3, limit=4)

    assert total == 10
    assert [(row.ban.since, str(row.ban.prefix.network_address)) for row in page] == [
        (5, "10.0.0.5"),
        (4, "10.0.0.99"),
        (4, "10.0.0.4"),
        (3, "10.0.0.3"),
    ]
    assert await store.history(offset=10, limit=4) == (10, [])


async def test_old_history_is_forgotten_in_batches(store: SqliteStore) -> None:
    count = 2 * FORGET_AT_ONCE + 10
    bans = [examples.ban(f"10.0.{n // 256}.{n % 256}", since=n) for n in range(count + 5)]
    await store.commit_bans(bans, ())

    assert await store.forget_history(before=count) == count
    total, page = await store.history(offset=0, limit=100)
    assert total == 5
    assert min(row.ban.since for row in page) == count
    assert len(await store.load_bans()) == count + 5


async def test_a_history_row_keeps_its_key_for_ever(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(since=1)], ())
    (row,) = (await store.history(offset=0, limit=1))[1]
    await store.forget_history(before=2)
    await store.commit_bans([examples.ban(since=3)], ())

    assert (await store.history(offset=0, limit=1))[1][0].id > row.id


async def test_the_history_has_what_pbh_records(path: Path, store: SqliteStore) -> None:
    await store.commit_bans([examples.ban()], ())

    assert rows(
        path,
        "SELECT ban_at, unban_at, ip, port, peer_id, peer_client_name, peer_uploaded,"
        " peer_downloaded, module_name, flags, downloader, info_hash, source"
        " FROM history JOIN torrents ON torrents.id = torrent_id",
    ) == [
        (
            1_000_000,
            9_000_000,
            "203.0.113.9",
            6881,
            "-XL0012-",
            "Xunlei 0.0.1",
            5_000,
            None,
            "client-name-blacklist",
            "d ? I",
            "one",
            "aa" * 20,
            "rule",
        )
    ]


async def test_a_row_that_cannot_be_read_stays_and_the_others_load(
    path: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await store.commit_bans([examples.ban(f"10.0.0.{n}") for n in range(4)], ())
    damaged = examples.damaged_payload()
    execute(path, "UPDATE bans SET payload = ? WHERE prefix = '10.0.0.1'", damaged)
    execute(path, "UPDATE bans SET payload = CAST(x'ff' AS TEXT) WHERE prefix = '10.0.0.2'")
    execute(path, "UPDATE history SET payload = ? WHERE ip = '10.0.0.3'", damaged)

    with caplog.at_level(logging.WARNING):
        assert await listed(store) == {"10.0.0.0/32", "10.0.0.3/32"}
        total, page = await store.history(offset=0, limit=10)

    assert (total, len(page)) == (4, 3)
    assert len(caplog.messages) == 3
    assert rows(path, "SELECT COUNT(*) FROM bans") == [(4,)]


async def test_a_new_ban_heals_the_row_of_its_prefix(path: Path, store: SqliteStore) -> None:
    ban = examples.ban()
    await store.commit_bans([ban], ())
    execute(path, "UPDATE bans SET payload = '{}'")
    await store.commit_bans([ban], ())

    assert await store.load_bans() == [ban]


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
