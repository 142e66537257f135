"""Closed forms against counting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.demo.motion import NEVER, Bursts, Growing, Rewinding, Steady

BURSTS = st.builds(
    lambda burst, rest, phase, ends: Bursts(
        burst=burst, period=burst + rest, phase=phase, ends=ends
    ),
    burst=st.integers(1, 20),
    rest=st.integers(0, 60),
    phase=st.integers(0, 1000),
    ends=st.one_of(st.just(NEVER), st.integers(-50, 200)),
)


@given(BURSTS, st.integers(-200, 300))
def test_the_sum_in_closed_form_equals_counting_the_seconds(bursts: Bursts, start: int) -> None:
    counted = sum(bursts.is_on(tick) for tick in range(start, start + 150))

    assert bursts.seconds(start + 150) - bursts.seconds(start) == counted


@given(BURSTS, st.integers(-200, 300))
def test_nothing_changes_before_the_announced_second(bursts: Bursts, tick: int) -> None:
    due = bursts.next_change(tick)

    assert due > tick
    for later in range(tick + 1, min(due, tick + 200)):
        assert bursts.is_on(later) is bursts.is_on(tick) is False
        assert bursts.seconds(later) == bursts.seconds(tick)


def test_claims() -> None:
    assert Steady(0.25).at(7, 1000) == 0.25
    assert Growing(0.5, 2, 1000).at(7, 125) == 0.75
    assert Growing(0.5, 2, 1000).at(7, 5000) == 1.0
    climb = Rewinding(0.2, 0.6, 40)
    assert [round(climb.at(tick, 0), 3) for tick in (0, 20, 39, 40)] == [0.2, 0.4, 0.59, 0.2]
