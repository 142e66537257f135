"""The peers of this run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.adapters.storage import SqliteStore, open_store
from app.services.errors import StorageError
from app.services.swarm_tracking import SwarmTracking
from app.settings.modules import SwarmTracking as Area
from tests.domain import examples
from tests.services.record_examples import counted, judged
from tests.services.record_fakes import MemorySwarm

T1, T2 = 10_000_000, 20_000_000
HOUR = 3_600_000


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await open_store(tmp_path / "peerwarden.db")
    try:
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "comes and goes"])
async def test_totals_follow_counters_h1_h2_h3(store: SqliteStore, *, leaves: bool) -> None:
    tracking = SwarmTracking(store.swarm, Area)
    await tracking.attend(T1)
    found = []
    for uploaded in (500, 800, 100):
        tracking.saw(T1, judged(counted(uploaded)))
        if leaves:
            tracking.lost(judged(counted(uploaded)).key)
        await tracking.flush()
        (row,) = await store.swarm.page(offset=0, limit=10)
        found.append(row.uploaded)

    assert found == [500, 800, 900]
    assert await store.swarm.count() == 1


async def test_h4_a_handshake_is_no_peer(store: SqliteStore) -> None:
    tracking = SwarmTracking(store.swarm, Area)
    await tracking.attend(T1)
    tracking.saw(T1, judged(examples.peer(handshaking=True)))
    await tracking.flush()
    assert await store.swarm.count() == 0
    tracking.saw(T1, judged(counted(500)))
    tracking.saw(T1, judged(replace(counted(0), handshaking=True)))
    await tracking.flush()
    (row,) = await store.swarm.after(0, limit=10)
    assert (row.uploaded, row.downloaded) == (500, 0)


async def test_rows_show_the_present_and_the_highest_rates(store: SqliteStore) -> None:
    tracking = SwarmTracking(store.swarm, Area)
    await tracking.attend(T1)
    for rate, progress in ((10, 0.1), (90, 0.2), (40, 0.3)):
        peer = replace(counted(rate), progress=progress, upload_rate=rate, download_rate=rate * 2)
        tracking.saw(T1 + rate, judged(peer))
        await tracking.flush()
    (row,) = await store.swarm.page(offset=0, limit=10)

    assert (row.progress, row.upload_rate, row.download_rate) == (0.3, 40, 80)  # D-19
    assert (row.upload_rate_max, row.download_rate_max) == (90, 180)
    assert (row.first_seen, row.last_seen) == (T1 + 10, T1 + 40)


async def test_a_run_begins_empty_however_often_it_is_switched(store: SqliteStore) -> None:
    area = Area()
    tracking = SwarmTracking(store.swarm, lambda: area)
    for enabled in (True, False, True, True):
        area = Area(enabled=enabled)
        await tracking.attend(T1)
        tracking.saw(T1, judged(counted(5)))
        await tracking.flush()
    assert await store.swarm.count() == 1
    cursor = (await store.swarm.after(0, limit=1))[0].id

    await SwarmTracking(store.swarm, Area).attend(T2)
    assert await store.swarm.count() == 0
    again = SwarmTracking(store.swarm, Area)
    await again.attend(T2)
    again.saw(T2, judged(counted(5)))
    await again.flush()
    assert [row.id > cursor for row in await store.swarm.after(0, limit=5)] == [True]


async def test_only_what_changed_is_written_and_memory_ends_with_the_visit() -> None:
    store = MemorySwarm()
    tracking = SwarmTracking(store, Area)
    await tracking.attend(T1)
    tracking.saw(T1, judged(counted(5)))
    await tracking.attend(T1 + HOUR)
    tracking.saw(T1 + HOUR, judged(replace(counted(5), progress=0.7)))
    await tracking.attend(T1 + 2 * HOUR)
    assert len(store.written) == 1
    tracking.lost(judged(counted(5)).key)
    await tracking.attend(T1 + 3 * HOUR)
    assert [report.peer.progress for report in store.written[-1]] == [0.7]
    assert tracking.live("one") == []


async def test_what_the_database_refuses_is_written_later() -> None:
    store = MemorySwarm(fails=True)
    tracking = SwarmTracking(store, Area)
    await tracking.attend(T1)
    tracking.saw(T1, judged(counted(5)))
    with pytest.raises(StorageError):
        await tracking.flush()
    store.fails = False
    tracking.saw(T1, judged(counted(9)))
    await tracking.flush()
    ((report,),) = store.written
    assert (report.uploaded.base, report.uploaded.more) == (5, 4)
