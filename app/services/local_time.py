"""Where local hours and days begin, by the time zone in force on this computer."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def hour_start(at: int) -> int:
    """Start of the local hour that `at` lies in; epoch milliseconds, as in all of these."""
    return _epoch(_local(at).replace(minute=0, second=0, microsecond=0))


def day_start(at: int) -> int:
    """Start of the local day that `at` lies in."""
    return start_of(day_of(at))


def day_end(at: int) -> int:
    """Start of the local day after the one that `at` lies in; 23 or 25 hours later when clocks are changed."""
    return start_of(day_of(at) + timedelta(days=1))


def day_of(at: int) -> date:
    """The local day that `at` lies in."""
    return _local(at).date()


def start_of(day: date) -> int:
    """When the local `day` begins; where midnight is skipped, when the clock goes on after it."""
    return _epoch(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - local by intent: `timestamp` knows the zone


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000)  # noqa: DTZ006 - local by intent, with `fold` where an hour comes twice


def _epoch(local: datetime) -> int:
    return round(local.timestamp() * 1000)


def clock_time(at: int) -> str:
    """Hours and minutes as a local clock shows them."""
    return f"{_local(at):%H:%M}"
