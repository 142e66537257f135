"""The sliding cap, vector by vector."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.sliding_cap import next_limit

G25 = 25_000_000_000


@pytest.mark.parametrize(
    ("budget", "low", "high", "used", "current", "expected"),
    [
        pytest.param(G25, 100_000, 10_000_000, 10**10, 1_000_000, 1_173_611, id="K1"),
        pytest.param(G25, 100_000, 10_000_000, 3 * 10**10, 1_000_000, 833_333, id="K2"),
        pytest.param(G25, 100_000, 10_000_000, 3 * 10**10, 100_000, 100_000, id="K3"),
        pytest.param(G25, 100_000, 10_000_000, 10**10, 12_000_000, 10_000_000, id="K4"),
        pytest.param(G25, 100_000, 10_000_000, 10**10, 0, 10_000_000, id="K5 intended"),
        pytest.param(G25, 0, 0, 3 * 10**10, 0, 241_125, id="K6 intended"),
        pytest.param(0, 0, 0, 0, 500_000, 500_000, id="K7"),
        pytest.param(G25, 0, 0, 10**10, 0, None, id="unlimited and under the budget"),
        pytest.param(0, 0, 0, 0, 0, None, id="no budget, no limit"),
        pytest.param(G25, 0, 10_000_000, 3 * 10**10, 90_000_000, 10_000_000, id="far too fast"),
        pytest.param(G25, 0, 0, 10**15, 1, 1, id="never none"),
    ],
)
def test_the_next_limit_follows(
    budget: int, low: int, high: int, used: int, current: int, expected: int | None
) -> None:
    assert expected == next_limit(budget=budget, low=low, high=high, used=used, current=current)


BYTES = st.integers(0, 2**50)


@given(BYTES, BYTES, BYTES, BYTES, BYTES)
def test_it_is_never_none_at_all_and_never_above_the_bound(
    budget: int, low: int, high: int, used: int, current: int
) -> None:
    found = next_limit(budget=budget, low=low, high=high, used=used, current=current)

    assert found is None or found > 0
    assert not high or (found is not None and found <= high)


def test_it_keeps_near_the_budget_where_everything_allowed_is_sent() -> None:
    limit, sent = 50_000_000, [0] * (24 * 60)
    for _ in range(3 * 24 * 60):
        used = sum(sent)
        limit = next_limit(budget=G25, low=50_000, high=0, used=used, current=limit) or 0
        sent = [*sent[1:], limit * 60]

    assert sum(sent) < 1.5 * G25  # the reference swings around it
