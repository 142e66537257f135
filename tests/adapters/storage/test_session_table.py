"""The connections of a day as rows; the counters of each kind are tested with the service."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from app.adapters.storage import SqliteStore
from app.domain.flags import PeerFlags
from app.services.session_analysis import Session, SessionKey
from tests.domain.examples import UBUNTU

DAY = 86_400_000


def sessions(
    count: int, *, downloader: str = "one", flags: PeerFlags | None = None
) -> Sequence[tuple[SessionKey, Session]]:
    address = ip_address("203.0.113.9")
    return [
        (SessionKey(downloader, UBUNTU.hash, address, port), Session(UBUNTU, flags))
        for port in range(1, count + 1)
    ]


async def totals(store: SqliteStore) -> list[tuple[int, str, int]]:
    days = await store.sessions.days(since=0, until=9 * DAY)
    return [(day.day, day.downloader, day.counters.total_connections) for day in days]


async def test_days_and_downloaders_are_counted_apart(store: SqliteStore) -> None:
    for day, count in ((DAY, 3), (2 * DAY, 2)):
        await store.sessions.write(day, sessions(count))
        await store.sessions.write(day, sessions(1, downloader="two"))
        await store.sessions.count(day)

    assert await totals(store) == [
        (DAY, "one", 3),
        (DAY, "two", 1),
        (2 * DAY, "one", 2),
        (2 * DAY, "two", 1),
    ]


async def test_flags_once_told_are_not_forgotten(store: SqliteStore) -> None:
    await store.sessions.write(DAY, sessions(1, flags=PeerFlags.FROM_DHT))
    await store.sessions.write(DAY, sessions(1))
    await store.sessions.count(DAY)
    (day,) = await store.sessions.days(since=DAY, until=DAY)

    assert day.counters.from_dht == 1


async def test_a_closed_day_keeps_its_counters(store: SqliteStore) -> None:
    await store.sessions.write(DAY, sessions(2_500))
    await store.sessions.close_days(before=2 * DAY)
    await store.sessions.write(DAY, sessions(1))
    await store.sessions.close_days(before=2 * DAY)
    await store.sessions.close_days(before=2 * DAY)

    assert await totals(store) == [(DAY, "one", 2_500)]


async def test_old_counters_are_forgotten(store: SqliteStore) -> None:
    for day in (DAY, 2 * DAY):
        await store.sessions.write(day, sessions(1))
        await store.sessions.count(day)

    assert await store.sessions.forget(before=DAY) == 1
    assert await totals(store) == [(2 * DAY, "one", 1)]
