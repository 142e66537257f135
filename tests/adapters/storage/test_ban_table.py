"""Rows of the ban list: replaced by prefix, left alone when nobody can read them."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import SqliteStore
from tests.adapters.storage import examples


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def execute(path: Path, statement: str, *arguments: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, arguments)


async def listed(store: SqliteStore) -> set[str]:
    return {str(ban.prefix) for ban in await store.load_bans()}


async def test_a_later_ban_of_a_prefix_replaces_the_earlier(store: SqliteStore) -> None:
    await store.commit_bans([examples.ban(since=1)], ())
    await store.commit_bans([examples.ban(since=2)], ())

    assert [ban.since for ban in await store.load_bans()] == [2]
    assert (await store.history(offset=0, limit=10))[0] == 2


async def test_what_is_added_and_removed_at_once_ends_up_in_the_list(store: SqliteStore) -> None:
    ban = examples.ban()
    await store.commit_bans([ban], [ban.prefix])

    assert await store.load_bans() == [ban]


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
