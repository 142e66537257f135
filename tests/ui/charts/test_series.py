"""Samples become points, bars and gaps without being counted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.statistics import Sample, Statistics
from app.ui.charts.series import SPANS, Point, Trend, bars, nearest, points, rate_unit, runs
from tests.services.fakes import HandClock, MemoryStore

HOUR, DAY = SPANS
NOW = 1_763_700_000_000 // DAY.bar * DAY.bar


def sample(at: int, good: int = 100, banned: int = 10, new: int = 0) -> Sample:
    return Sample(at, good, banned, 7, new)


def statistics() -> tuple[Statistics, HandClock]:
    clock, bus = HandClock(NOW), EventBus()
    return Statistics(BanList(MemoryStore(), bus, clock), bus, clock), clock


def test_a_point_is_the_mean_of_its_step() -> None:
    made = points([sample(NOW, 100), sample(NOW + 5_000, 300), sample(NOW + 60_000, 7)], 60_000)

    assert made == [Point(NOW, 200.0, 10.0, 7), Point(NOW + 60_000, 7.0, 10.0, 7)]


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    made = [Point(NOW + at * 1000, 1.0, 0.0, 0) for at in (0, 5, 10, 60, 65)]

    assert [len(run) for run in runs(made, 5_000)] == [3, 2]
    assert runs([], 5_000) == []


def test_bars_count_the_bans_of_their_width() -> None:
    taken = [sample(NOW, new=2), sample(NOW + 59_000, new=1), sample(NOW + 60_000, new=4)]

    assert bars([*taken, sample(NOW + 120_000)], 60_000) == [(NOW, 3), (NOW + 60_000, 4)]


@given(st.lists(st.integers(0, 10**6), min_size=1, unique=True), st.integers(0, 10**6))
def test_the_cursor_finds_the_closest_point(times: list[int], at: int) -> None:
    made = [Point(time, 0.0, 0.0, 0) for time in sorted(times)]

    found = made[nearest(made, at)].at
    assert abs(found - at) == min(abs(time - at) for time in times)


def test_without_points_the_cursor_finds_none() -> None:
    assert nearest([], 5) == -1


def test_a_trend_looks_the_same_taken_at_once_or_bit_by_bit() -> None:
    for span in SPANS:
        kept, clock = statistics()
        step_by_step = Trend(span)
        for number in range(2_000):
            clock.now = NOW + number * 5_000
            kept._samples.append(sample(clock.now, number % 50, number % 7, number % 3))  # noqa: SLF001 - made-up times
            if number % 37 == 0:
                step_by_step.update(kept, clock.now)
        step_by_step.update(kept, clock.now)
        at_once = Trend(span)
        at_once.update(kept, clock.now)

        assert step_by_step.points == at_once.points
        assert step_by_step.bars[1:] == at_once.bars[1:]


def test_what_is_older_than_the_span_goes() -> None:
    kept, clock = statistics()
    trend = Trend(HOUR)
    kept.sample()
    trend.update(kept, clock.now)
    assert len(trend.points) == 1

    trend.update(kept, clock.now + HOUR.length + 1)
    assert trend.points == []


def test_the_axis_uses_the_unit_of_its_highest_value() -> None:
    assert rate_unit(0) == ("B/s", 1)
    assert rate_unit(1023) == ("B/s", 1)
    assert rate_unit(5 << 20) == ("MiB/s", 1 << 20)
    assert rate_unit(float(1 << 60))[0] == "TiB/s"
