"""Hours of traffic as rows."""

from __future__ import annotations

from app.adapters.storage import SqliteStore
from app.services.traffic_journal import Totals, TrafficHour

HOUR = 3_600_000


def hour(number: int, downloader: str = "one", *, end: int = 5) -> TrafficHour:
    return TrafficHour(
        at=number * HOUR, downloader=downloader, start=Totals(-2, 1), end=Totals(end, 2**70)
    )


async def test_hours_are_read_as_they_were_written(store: SqliteStore) -> None:
    await store.journal.write([hour(1), hour(2), hour(2, "two"), hour(3)])
    await store.journal.write([hour(2, end=9)])
    found = await store.journal.hours(since=2 * HOUR, until=3 * HOUR)

    assert [(h.at, h.downloader, h.uploaded) for h in found] == [
        (2 * HOUR, "one", 11),
        (2 * HOUR, "two", 7),
        (3 * HOUR, "one", 7),
    ]
    assert found[0].end.downloaded == 2**63 - 1
    last = await store.journal.last_hours()
    assert {(h.downloader, h.at) for h in last} == {("one", 3 * HOUR), ("two", 2 * HOUR)}


async def test_old_hours_go_in_small_steps(store: SqliteStore) -> None:
    await store.journal.write([hour(number) for number in range(500)])

    assert await store.journal.forget(before=450 * HOUR) == 450
    assert len(await store.journal.hours(since=0, until=999 * HOUR)) == 50
