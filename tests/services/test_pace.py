"""How often a downloader is asked."""

import random

import pytest

from app.services.pace import Pace, is_open

PACE = Pace(interval=5, deadline=60)


@pytest.mark.parametrize(
    ("took", "work", "rest"),
    [
        (0.2, 0.05, 5),
        (4.0, 0.5, 5),
        (7.0, 0.5, 7),
        (7.0, 2.0, 20),
        (2.0, 150.0, 300),
        (900.0, 0.0, 300),
    ],
)
def test_who_is_slow_or_costs_much_is_asked_less_often(
    took: float, work: float, rest: float
) -> None:
    assert PACE.after_sweep(took, work) == rest


def test_the_only_one_may_cost_more() -> None:
    assert Pace(interval=1, deadline=60, alone=True).after_sweep(0.5, 0.3) == pytest.approx(1)
    assert Pace(interval=1, deadline=60).after_sweep(0.5, 0.3) == pytest.approx(3)


def test_a_longer_interval_of_the_settings_stays() -> None:
    assert Pace(interval=900, deadline=60).after_sweep(1, 1) == 900


def test_waits_double_after_failures_up_to_a_minute_with_jitter() -> None:
    dice = random.Random(1)
    waits = [PACE.after_failures(count, 0, dice) for count in range(1, 12)]
    for wait, plain in zip(waits, [5, 10, 20, 40, *[60] * 7], strict=True):
        assert wait == pytest.approx(plain, rel=0.201)
    assert len(set(waits)) == len(waits)


def test_answers_that_cost_much_and_are_nonsense_make_it_wait_longer() -> None:
    assert PACE.after_failures(1, 4.0, random.Random(1)) == 40


def test_ten_failures_in_a_row_are_enough() -> None:
    assert [is_open(count) for count in (0, 9, 10, 11)] == [False, False, True, True]
    assert PACE.probe_deadline == 10
    assert Pace(interval=5, deadline=3).probe_deadline == 3
