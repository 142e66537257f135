"""The ledger of peers: what is written, when, and what comes of it in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.adapters.storage import SqliteStore, open_store
from app.services.errors import StorageError
from app.services.events import JudgedPeer
from app.services.peer_recording import STALE, PeerRecord, PeerRecording
from app.settings.modules import PeerRecording as Area
from tests.domain import examples
from tests.services.record_examples import counted, judged
from tests.services.record_fakes import MemoryPeerRecords

MINUTE = 60_000
T1, T2, T3 = 10_000_000, 20_000_000, 30_000_000
PEER = ip_address("203.0.113.9")


@dataclass
class Ledger:
    """A recording over a store, with settings that a test changes."""

    store: SqliteStore
    area: Area = field(default_factory=Area)

    def __post_init__(self) -> None:
        self.recording = self.started()

    def started(self) -> PeerRecording:
        """As after a start of the program."""
        return PeerRecording(self.store.peer_records, lambda: self.area)

    async def report(self, at: int, *peers: JudgedPeer) -> None:
        """Peers are seen and written."""
        await self.recording.attend(at)
        self.recording.swept("one", at)
        for each in peers:
            self.recording.saw(at, each)
        await self.recording.flush()

    async def rows(self) -> list[PeerRecord]:
        total, rows = await self.store.peer_records.of_address(PEER, offset=0, limit=100)
        assert total == len(rows)
        return list(rows)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    store = await open_store(tmp_path / "peerwarden.db")
    try:
        yield Ledger(store)
    finally:
        await store.close()


@pytest.mark.parametrize("restarts", [False, True], ids=["one run", "restarts"])
async def test_totals_follow_counters_y1_y2_y3_y4(ledger: Ledger, *, restarts: bool) -> None:
    totals = []
    for at, uploaded in ((T1, 100), (T2, 150), (T3, 30), (T2, 90)):
        if restarts:
            ledger.recording = ledger.started()
        await ledger.report(at, judged(counted(uploaded)))
        (row,) = await ledger.rows()
        totals.append((row.uploaded, row.last_seen))
        assert row.first_seen == T1

    assert totals[:3] == [(100, T1), (150, T2), (180, T3)]  # Y1, Y2, Y3
    assert not restarts or totals[3] == (180, T3)  # Y4


async def test_y5_a_peer_without_name_and_id_is_no_peer_yet(ledger: Ledger) -> None:
    shy = replace(examples.peer(handshaking=True), client_name=" ", peer_id=None)
    await ledger.report(T1, judged(shy))
    assert await ledger.rows() == []
    await ledger.report(T1, judged(replace(shy, client_name="rain")))
    assert [row.client_name for row in await ledger.rows()] == ["rain"]


async def test_counters_that_fall_between_two_writes_are_not_lost(ledger: Ledger) -> None:
    await ledger.recording.attend(T1)
    for uploaded in (100, 800, 50, 70):
        ledger.recording.saw(T1, judged(counted(uploaded, uploaded * 2)))
    await ledger.recording.flush()
    (row,) = await ledger.rows()

    assert (row.uploaded, row.downloaded) == (870, 1_740)


async def test_what_is_null_or_strange_is_written_all_the_same(ledger: Ledger) -> None:
    nameless = replace(
        counted(-1, -1), peer_id=None, client_name="a\ud800b", flags=None, upload_rate=2**80
    )
    await ledger.report(T1, judged(nameless))
    (row,) = await ledger.rows()

    assert (row.peer_id, row.client_name, row.flags) == (None, "a?b", "")
    assert (row.uploaded, row.downloaded, row.upload_rate) == (0, 0, 2**63 - 1)


async def test_an_address_has_one_record_whatever_its_port(ledger: Ledger) -> None:
    await ledger.report(T1, judged(counted(100, port=1)), judged(counted(5_000, port=2)))
    await ledger.report(T2, judged(counted(110, port=1)), judged(counted(5_001, port=2)))
    await ledger.report(T2, judged(counted(7), downloader="two"))
    rows = {row.downloader: row for row in await ledger.rows()}

    assert rows["one"].uploaded == 5_111
    assert rows["two"].uploaded == 7


async def test_who_is_idle_is_written_when_gone_or_stale() -> None:
    store = MemoryPeerRecords()
    area = Area(data_flush_interval=MINUTE)
    recording = PeerRecording(store, lambda: area)
    await recording.attend(T1)
    recording.saw(T1, judged(counted(5)))
    for minute in range(1, 10):
        recording.swept("one", T1 + minute * MINUTE)
        await recording.attend(T1 + minute * MINUTE)
    assert len(store.written) == 1
    recording.swept("one", T1 + STALE + MINUTE)
    await recording.attend(T1 + STALE + MINUTE)
    assert [report.last_seen for (report,) in store.written] == [T1 + MINUTE, T1 + STALE + MINUTE]
    recording.swept("one", T1 + STALE + 2 * MINUTE)
    recording.lost(judged(counted(5)).key)
    await recording.attend(T1 + STALE + 3 * MINUTE)
    assert store.written[-1][0].last_seen == T1 + STALE + 2 * MINUTE
    await recording.flush()
    assert len(store.written) == 3


async def test_what_the_database_refuses_is_written_later() -> None:
    store = MemoryPeerRecords(fails=True)
    recording = PeerRecording(store, Area)
    await recording.attend(T1)
    recording.saw(T1, judged(counted(5)))
    recording.lost(judged(counted(5)).key)
    with pytest.raises(StorageError):
        await recording.flush()
    store.fails = False
    await recording.flush()

    assert [report.uploaded.base for (report,) in store.written] == [5]


async def test_old_records_are_forgotten_in_small_steps(ledger: Ledger) -> None:
    ledger.area = Area(data_retention_time=T1, data_cleanup_interval=MINUTE)
    many = [judged(counted(1, ip=f"10.0.{n >> 8}.{n & 255}")) for n in range(500)]
    await ledger.report(1, *many)
    for each in many:
        ledger.recording.lost(each.key)
    await ledger.report(T2, judged(counted(1)))
    ledger.recording = ledger.started()
    await ledger.recording.attend(T2 + 1)

    assert len(await ledger.rows()) == 1
    assert await ledger.store.peer_records.forget(before=T3) == 1


async def test_switched_off_it_writes_what_it_has_and_nothing_more() -> None:
    store, area = MemoryPeerRecords(), Area()
    recording = PeerRecording(store, lambda: area)
    await recording.attend(T1)
    recording.saw(T1, judged(counted(5)))
    area = Area(enabled=False)
    for _ in range(2):
        await recording.attend(T2)
    assert len(store.written) == 1
    area = Area()
    await recording.attend(T3)
    await recording.attend(T3)
    assert recording.live("one") == []
