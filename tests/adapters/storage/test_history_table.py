"""What the history keeps, marks and forgets."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.adapters.storage import SqliteStore
from app.adapters.storage.store import FORGET_AT_ONCE
from tests.adapters.storage import examples


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


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
