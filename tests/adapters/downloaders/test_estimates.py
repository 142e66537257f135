"""Bytes from rates: sums that only grow, over any pattern of looks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.estimates import Estimates


def test_a_steady_rate_adds_up_to_rate_times_time() -> None:
    estimates = Estimates()
    sums = [
        estimates.add("peer", at, upload_rate=1_000, download_rate=10) for at in (0.0, 5.0, 10.0)
    ]
    assert sums == [(0, 0), (5_000, 50), (10_000, 100)]


def test_between_two_looks_the_rate_is_their_mean() -> None:
    estimates = Estimates()
    estimates.add("peer", 0.0, upload_rate=0, download_rate=0)
    assert estimates.add("peer", 4.0, upload_rate=1_000, download_rate=0) == (2_000, 0)


def test_a_long_silence_is_not_taken_for_a_long_transfer() -> None:
    estimates = Estimates()
    estimates.add("peer", 0.0, upload_rate=1_000, download_rate=0)
    assert estimates.add("peer", 500.0, upload_rate=1_000, download_rate=0) == (60_000, 0)


def test_a_peer_that_comes_back_soon_goes_on_and_one_that_was_long_away_begins_anew() -> None:
    estimates = Estimates()
    for at in (1_000.0, 1_010.0):
        estimates.add("peer", at, upload_rate=1_000, download_rate=0)
    estimates.tidy(1_300.0)
    assert estimates.add("peer", 1_300.0, upload_rate=0, download_rate=0)[0] > 0
    estimates.tidy(2_000.0)
    assert estimates.add("peer", 2_000.0, upload_rate=0, download_rate=0) == (0, 0)


RATES = st.integers(0, 10**9)


@given(st.lists(st.tuples(st.floats(-5, 100), RATES, RATES), max_size=30))
def test_a_sum_never_falls_also_when_the_clock_does(
    looks: list[tuple[float, int, int]],
) -> None:
    estimates, now, before = Estimates(), 0.0, (0, 0)
    for step, upload_rate, download_rate in looks:
        now += step
        sums = estimates.add("peer", now, upload_rate=upload_rate, download_rate=download_rate)
        assert all(new >= old for new, old in zip(sums, before, strict=True))
        before = sums
