"""Ticks stand at round times and round amounts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.charts.axes import amount_ticks, time_ticks

NOW = 1_763_700_123.0


def test_times_are_round_on_this_computers_clock() -> None:
    ticks = time_ticks(NOW - 3600, NOW, 8)

    assert [datetime.fromtimestamp(at, UTC).astimezone().minute % 10 for at in ticks] == [0] * 6


@given(st.floats(60, 86_400), st.integers(1, 20))
def test_there_are_never_many_more_times_than_there_is_room(length: float, most: int) -> None:
    ticks = time_ticks(NOW - length, NOW, most)

    assert len(ticks) <= most + 1
    assert all(NOW - length <= at <= NOW for at in ticks)


def test_no_time_to_show_has_no_ticks() -> None:
    assert time_ticks(NOW, NOW, 5) == []


@pytest.mark.parametrize(
    ("high", "ticks"),
    [(19.0, [0, 5, 10, 15]), (1.0, [0, 0.5, 1]), (0.0, [0]), (7.0, [0, 2, 4, 6])],
)
def test_amounts_are_round(high: float, ticks: list[float]) -> None:
    assert amount_ticks(high, 4)[: len(ticks)] == pytest.approx(ticks)


@given(st.floats(1e-6, 1e12), st.integers(1, 20))
def test_there_are_never_more_amounts_than_there_is_room(high: float, most: int) -> None:
    ticks = amount_ticks(high, most)

    assert 1 <= len(ticks) <= most + 1
    assert ticks[-1] <= high * (1 + 1e-9)
