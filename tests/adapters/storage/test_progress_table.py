"""The memory of the progress rule on disk."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import SqliteStore, open_store
from app.domain.address import parse_prefix
from app.domain.progress_memory import Key, Wanted
from app.domain.progress_record import Connection, ProgressRecord

HOST = int(parse_prefix("203.0.113.9").network_address)
HOME = int(parse_prefix("2001:db8:1:200::/56").network_address)


def key4(ip: int = HOST, torrent: str = "t") -> Key:
    return ("one", torrent, 4, 32), ip


def key6(start: int = HOME, bits: int = 56) -> Key:
    return ("one", "t", 6, bits), start


def wanted(*keys: Key) -> Wanted:
    found: Wanted = {}
    for group, start in keys:
        found.setdefault(group, []).append(start)
    return found


def record(ip: int = HOST, *, last_seen: int = 2_000) -> ProgressRecord:
    return ProgressRecord(
        first_seen=1_000,
        last_seen=last_seen,
        total=900,
        left=(0.5, 0.25),
        completed=10**12,
        differences=1,
        rewinds=2,
        connections=[
            Connection(
                ip=ip,
                port=6881,
                first_seen=1_000,
                last_seen=last_seen,
                received=600,
                last_uploaded=500,
                progress=0.1,
                window_end=3_000,
                fast_at=1_500,
                falls=1,
            )
        ],
    )


async def test_records_survive_a_restart(path: Path) -> None:
    kept = [(key4(), record()), (key6(), record(HOME + 7))]
    store = await open_store(path)
    await store.progress.save([(key4(), ProgressRecord(0, 0))])
    await store.progress.save(kept)
    await store.close()

    store = await open_store(path)
    try:
        loaded = await store.progress.load(wanted(key4(), key4(HOST + 1), key6()), since=0)
        assert loaded == kept
    finally:
        await store.close()


async def test_only_torrents_of_which_anything_is_stored_are_gone_through(
    store: SqliteStore,
) -> None:
    kept = [(key4(torrent=str(number)), record()) for number in range(0, 250, 2)]
    other = ("two", "1", 4, 32), HOST
    await store.progress.save([*kept, (other, record())])
    asked = [key4(torrent=str(number)) for number in range(250)]
    asked += [key6(), other, kept[0][0]]  # one may be asked for twice
    loaded = await store.progress.load(wanted(*asked), since=0)
    assert len(loaded) == 126
    assert dict(loaded) == dict([*kept, (other, record())])


async def test_records_not_seen_for_too_long_are_not_loaded_and_can_be_deleted(
    store: SqliteStore,
) -> None:
    many = [(key4(n), record(n, last_seen=n)) for n in range(1, 1_001)]
    await store.progress.save(many)
    assert await store.progress.load(wanted(key4(10), key4(900)), since=500) == [many[899]]
    assert await store.progress.forget_unseen(before=900) == 899
    assert await store.progress.load(wanted(*(key for key, _ in many)), since=0) == many[899:]


async def test_whoever_shares_an_address_with_a_prefix_is_forgotten(store: SqliteStore) -> None:
    keys = [key4(), key4(torrent="u"), key4(HOST + 1), key6(), key6(HOME + (1 << 72))]
    await store.progress.save([(key, record()) for key in keys])

    await store.progress.forget([parse_prefix("203.0.113.9"), parse_prefix("2001:db8:1:2ff::1")])
    assert [key for key, _ in await store.progress.load(wanted(*keys), since=0)] == [
        keys[2],
        keys[4],
    ]

    await store.progress.forget([parse_prefix("203.0.113.0/24"), parse_prefix("2001:db8::/32")])
    assert await store.progress.load(wanted(*keys), since=0) == []


async def test_a_record_that_cannot_be_read_is_left_out_and_kept(
    path: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await store.progress.save([(key4(HOST + n), record()) for n in range(4)])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number, details in enumerate(("nonsense", "[]", '{"connections":[[1]]}')):
            block = b"\x04" + (HOST + number).to_bytes(4, "big") + b"\x20"
            connection.execute("UPDATE progress SET details = ? WHERE block = ?", (details, block))
    with caplog.at_level(logging.WARNING):
        loaded = await store.progress.load(wanted(*(key4(HOST + n) for n in range(4))), since=0)
    assert [key for key, _ in loaded] == [key4(HOST + 3)]
    assert len(caplog.messages) == 3
