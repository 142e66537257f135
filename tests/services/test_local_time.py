"""Local hours and days, also when clocks are changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.local_time import day_end, day_of, day_start, hour_start, start_of

HOUR = 3_600_000


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this process to another time zone."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def utc(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type] # year, month …


def test_a_day_begins_at_local_midnight(live_in: Callable[[str], None]) -> None:
    live_in("Asia/Shanghai")
    assert day_start(utc(2026, 8, 1, 15, 59)) == utc(2026, 7, 31, 16)
    assert day_start(utc(2026, 8, 1, 16)) == utc(2026, 8, 1, 16)
    assert day_of(utc(2026, 8, 1, 16)) == date(2026, 8, 2)
    live_in("UTC")
    assert day_start(utc(2026, 8, 1, 15, 59)) == utc(2026, 8, 1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # it has no midnight
        ("America/Havana", date(2026, 11, 1), 25),  # its first hour comes twice
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ],
)
def test_a_day_on_which_clocks_are_changed_is_shorter_or_longer(
    live_in: Callable[[str], None], zone: str, day: date, hours: float
) -> None:
    live_in(zone)
    begin = start_of(day)
    assert day_end(begin) - begin == hours * HOUR
    assert day_start(day_end(begin) - 1) == begin
    assert day_start(begin) == begin


def test_an_hour_that_comes_twice_is_two_hours(live_in: Callable[[str], None]) -> None:
    live_in("Europe/Berlin")
    first = utc(2026, 10, 25, 0, 30)
    assert hour_start(first) == utc(2026, 10, 25, 0)
    assert hour_start(first + HOUR) == utc(2026, 10, 25, 1)


def test_hours_begin_where_the_zone_has_them(live_in: Callable[[str], None]) -> None:
    live_in("Asia/Kolkata")
    assert hour_start(utc(2026, 8, 1, 10, 45)) == utc(2026, 8, 1, 10, 30)


@given(
    st.integers(utc(2000, 1, 1), utc(2037, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Tehran"]),
)
def test_every_instant_lies_in_its_hour_and_day(at: int, zone: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        assert at - HOUR < hour_start(at) <= at
        assert day_start(at) <= at < day_end(at)
    time.tzset()
