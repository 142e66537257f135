"""Local hours and days, also when clocks are changed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.local_time import day_end, day_of, day_start, hour_start, start_of
from tests.services.zones import living_in, utc

HOUR = 3_600_000


def test_a_day_begins_at_local_midnight() -> None:
    with living_in("Asia/Shanghai"):
        assert day_start(utc(2026, 8, 1, 15, 59)) == utc(2026, 7, 31, 16)
        assert day_start(utc(2026, 8, 1, 16)) == utc(2026, 8, 1, 16)
        assert day_of(utc(2026, 8, 1, 16)) == date(2026, 8, 2)
    with living_in("UTC"):
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
    zone: str, day: date, hours: float
) -> None:
    with living_in(zone):
        begin = start_of(day)
        assert day_end(begin) - begin == hours * HOUR
        assert day_start(day_end(begin) - 1) == begin
        assert day_start(begin) == begin


def test_an_hour_that_comes_twice_is_two_hours() -> None:
    first = utc(2026, 10, 25, 0, 30)
    with living_in("Europe/Berlin"):
        assert hour_start(first) == utc(2026, 10, 25, 0)
        assert hour_start(first + HOUR) == utc(2026, 10, 25, 1)


def test_hours_begin_where_the_zone_has_them() -> None:
    with living_in("Asia/Kolkata"):
        assert hour_start(utc(2026, 8, 1, 10, 45)) == utc(2026, 8, 1, 10, 30)


@given(
    st.integers(utc(2000, 1, 1), utc(2037, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Tehran"]),
)
def test_every_instant_lies_in_its_hour_and_day(at: int, zone: str) -> None:
    with living_in(zone):
        assert at - HOUR < hour_start(at) <= at
        assert day_start(at) <= at < day_end(at)
