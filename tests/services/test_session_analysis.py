"""Connections by day: each is counted once, by what was told of it last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from app.adapters.storage import SqliteStore, open_store
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.services.errors import StorageError
from app.services.session_analysis import SessionAnalysis, count_kinds
from app.settings.modules import SessionAnalyse as Area
from tests.domain import examples
from tests.services.record_examples import judged
from tests.services.record_fakes import MemorySessions
from tests.services.zones import living_in, utc

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await open_store(tmp_path / "peerwarden.db")
    try:
        yield store
    finally:
        await store.close()


def flagged(letters: str | None, ip: str = "203.0.113.9") -> Peer:
    flags = None if letters is None else parse_flags(letters)
    return replace(examples.peer(ip), flags=flags)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        pytest.param(
            "D ? I H E",
            "incoming_connections remote_accept_transfer_to_client question_status from_dht"
            " rc4_encrypted tcp_socket",
            id="L1",
        ),
        pytest.param(
            "K ? I",
            "incoming_connections local_not_interested question_status from_tracker_or_other"
            " tcp_socket",
            id="L2",
        ),
        pytest.param(
            "d u X P",
            "remote_refuse_transfer_to_client local_refuse_transfer_to_peer from_pex utp_socket",
            id="L3",
        ),
        pytest.param(
            "U O L e",
            "local_accept_transfer_to_peer optimistic_unchoke from_lsd plain_text_encrypted"
            " tcp_socket",
            id="L4",
        ),
        pytest.param(None, "", id="L5"),
    ],
)
async def test_flags_count_as_the_reference_says(
    store: SqliteStore, letters: str | None, expected: str
) -> None:
    analysis = SessionAnalysis(store.sessions, Area)
    await analysis.attend(DAY)
    analysis.saw(DAY, judged(flagged(letters)))
    await analysis.flush()
    (day,) = await store.sessions.days(since=0, until=9 * DAY)

    counters = {name for name, count in asdict(day.counters).items() if count}
    assert counters == {"total_connections", *expected.split()}


async def test_d17_a_session_counts_once_a_day_whatever_happens(store: SqliteStore) -> None:
    with living_in("UTC"):
        at = utc(2026, 8, 1, 10)
        for hour in range(3):
            analysis = SessionAnalysis(store.sessions, Area)  # the program starts anew
            for letters in ("d", "K ? I"):
                await analysis.attend(at + hour * HOUR)
                analysis.saw(at + hour * HOUR, judged(flagged(letters)))
                await analysis.flush()
                await analysis.flush()
            analysis.lost(judged(flagged("")).key)
        (day,) = await store.sessions.days(since=0, until=at)

    assert day.day == utc(2026, 8, 1)
    assert day.counters == count_kinds({parse_flags("K ? I"): 1})
    assert day.counters.local_not_interested == 1


async def test_who_stays_over_midnight_counts_on_both_days(store: SqliteStore) -> None:
    with living_in("Asia/Shanghai"):
        evening, morning = utc(2026, 8, 1, 15), utc(2026, 8, 1, 17)
        analysis = SessionAnalysis(store.sessions, Area)
        await analysis.attend(evening)
        analysis.saw(evening, judged(flagged("d")))
        analysis.saw(evening, judged(flagged("d", "203.0.113.10")))
        analysis.lost(judged(flagged("d", "203.0.113.10")).key)
        analysis.swept("one", morning)
        await analysis.attend(morning)
        days = await store.sessions.days(since=0, until=morning)
        assert [(day.day, day.counters.total_connections) for day in days] == [
            (utc(2026, 7, 31, 16), 2),
            (utc(2026, 8, 1, 16), 1),
        ]
        # The single sessions of the day before are gone, its counters stay.
        await store.sessions.count(utc(2026, 7, 31, 16))
        assert list(await store.sessions.days(since=0, until=morning)) == list(days)


@pytest.mark.parametrize(
    ("zone", "begin", "length"),
    [("Europe/Berlin", utc(2026, 10, 24, 22), 25), ("Europe/Berlin", utc(2026, 3, 28, 23), 23)],
)
async def test_a_day_on_which_clocks_are_changed_is_one_day(
    store: SqliteStore, zone: str, begin: int, length: int
) -> None:
    with living_in(zone):
        analysis = SessionAnalysis(store.sessions, Area)
        for hour in range(length):
            await analysis.attend(begin + hour * HOUR)
            analysis.swept("one", begin + hour * HOUR)
            analysis.saw(begin + hour * HOUR, judged(flagged("d")))
        await analysis.flush()
        assert [day.day for day in await store.sessions.days(since=0, until=2**50)] == [begin]
        analysis.swept("one", begin + length * HOUR)
        await analysis.flush()
        assert len(await store.sessions.days(since=0, until=2**50)) == 2


async def test_a_change_of_the_time_zone_makes_no_day_of_its_own(store: SqliteStore) -> None:
    at = utc(2026, 8, 1, 10)
    analysis = SessionAnalysis(store.sessions, Area)
    for zone in ("Asia/Shanghai", "Europe/Berlin"):
        with living_in(zone):
            await analysis.attend(at)
            analysis.saw(at, judged(flagged("d")))
            await analysis.flush()
    with living_in("Europe/Berlin"):
        analysis.swept("one", utc(2026, 8, 1, 17))  # next day already in Shanghai
        await analysis.flush()
    assert len(await store.sessions.days(since=0, until=2**50)) == 1


async def test_many_days_are_closed_and_old_ones_forgotten(store: SqliteStore) -> None:
    with living_in("UTC"):
        start = utc(2026, 8, 1)
        many = [judged(flagged("d", f"10.0.{n >> 8}.{n & 255}")) for n in range(1_500)]
        analysis = SessionAnalysis(store.sessions, lambda: Area(data_retention_time=2 * DAY))
        for day in range(4):
            await analysis.attend(start + day * DAY)
            for each in many:
                analysis.saw(start + day * DAY, each)
        await analysis.flush()
        days = await store.sessions.days(since=0, until=2**50)

    assert [day.day for day in days] == [start + 2 * DAY, start + 3 * DAY]
    assert all(day.counters.total_connections == 1_500 for day in days)


async def test_a_handshake_is_no_session_and_no_news_is_not_written() -> None:
    store = MemorySessions()
    analysis = SessionAnalysis(store, Area)
    await analysis.attend(DAY)
    analysis.saw(DAY, judged(replace(flagged("d"), handshaking=True)))
    await analysis.flush()
    assert store.sessions == {}
    analysis.saw(DAY, judged(flagged("d")))
    await analysis.flush()
    store.fails = True
    analysis.saw(DAY, judged(replace(flagged("d S"), uploaded=9)))  # snubbed does not count
    await analysis.flush()


async def test_what_the_database_refuses_is_written_later() -> None:
    store = MemorySessions(fails=True)
    analysis = SessionAnalysis(store, Area)
    await analysis.attend(DAY)
    analysis.saw(DAY, judged(flagged("d")))
    with pytest.raises(StorageError):
        await analysis.flush()
    analysis.saw(DAY, judged(flagged("D")))
    store.fails = False
    await analysis.flush()

    ((session,),) = (day.values() for day in store.sessions.values())
    assert session.flags is not None
    assert session.flags in parse_flags("D")


async def test_switched_off_it_writes_what_it_has_and_nothing_more() -> None:
    store, area = MemorySessions(), Area()
    analysis = SessionAnalysis(store, lambda: area)
    await analysis.attend(DAY)
    analysis.saw(DAY, judged(flagged("d")))
    area = Area(enabled=False)
    for _ in range(2):
        await analysis.attend(DAY)
    assert not analysis.on
    assert [len(day) for day in store.sessions.values()] == [1]
    assert analysis.live("one") == []
