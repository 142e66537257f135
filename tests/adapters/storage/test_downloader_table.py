"""When states are written, and rows that nobody can read."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import SqliteStore
from app.adapters.storage.downloader_table import STALE
from app.domain.address import parse_prefix
from app.services.ports import LastState


def written(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT id, at, version, torrents FROM downloaders").fetchall()


@pytest.mark.parametrize(
    ("at", "version", "expected"),
    [
        (1_000 + STALE - 1, "v5", (1_000, "v5")),
        (1_000 + STALE, "v5", (1_000 + STALE, "v5")),
        (1_001, "v6", (1_001, "v6")),
        (1_000 - 2 * STALE, "v5", (1_000 - 2 * STALE, "v5")),
    ],
)
async def test_a_state_is_written_when_it_is_news_or_old(
    path: Path, store: SqliteStore, at: int, version: str, expected: tuple[int, str]
) -> None:
    await store.save_sweep("one", at=1_000, version="v5", torrents=[])
    await store.save_sweep("one", at=at, version=version, torrents=[])

    assert written(path) == [("one", *expected, 0)]
    assert await store.last_states() == {"one": LastState(at=at, version=version, torrents=0)}


async def test_rows_that_cannot_be_read_are_left_out(
    path: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await store.change_owned("one", [parse_prefix("1.2.3.4")], ())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO owned VALUES ('one', 'nowhere')")
        connection.execute("INSERT INTO downloaders VALUES ('odd', 'late', 'v5', 3)")

    with caplog.at_level(logging.WARNING):
        assert set(await store.owned("one")) == {parse_prefix("1.2.3.4")}
        assert await store.last_states() == {}
    assert len(caplog.messages) == 2
