"""Bytes estimated from rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.estimates import Estimates
from app.adapters.downloaders.number import LARGEST


def test_at_first_sight_nothing_is_known() -> None:
    assert Estimates().add("peer", 100.0, upload_rate=1000, download_rate=10) == (0, 0)


def test_the_mean_of_two_looks_is_taken_to_have_lasted_between_them() -> None:
    estimates = Estimates()
    estimates.add("peer", 100.0, upload_rate=1000, download_rate=0)
    assert estimates.add("peer", 105.0, upload_rate=3000, download_rate=200) == (10_000, 500)
    assert estimates.add("peer", 106.0, upload_rate=0, download_rate=0) == (11_500, 600)


def test_each_peer_is_counted_for_itself() -> None:
    estimates = Estimates()
    for now in (0.0, 1.0):
        one = estimates.add("one", now, upload_rate=1000, download_rate=0)
        other = estimates.add("other", now, upload_rate=0, download_rate=0)
    assert (one, other) == ((1000, 0), (0, 0))


def test_a_long_silence_counts_as_a_minute() -> None:
    estimates = Estimates()
    estimates.add("peer", 0.0, upload_rate=1000, download_rate=0)
    assert estimates.add("peer", 500.0, upload_rate=1000, download_rate=0) == (60_000, 0)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    estimates = Estimates()
    estimates.add("peer", 100.0, upload_rate=1000, download_rate=0)
    assert estimates.add("peer", 50.0, upload_rate=1000, download_rate=0) == (0, 0)


@pytest.mark.parametrize(("away", "known"), [(500.0, True), (700.0, False)])
def test_who_is_back_soon_goes_on_from_there_and_who_was_away_long_begins_anew(
    away: float,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    estimates = Estimates()
    estimates.add("peer", 1000.0, upload_rate=1000, download_rate=0)
    estimates.add("peer", 1001.0, upload_rate=0, download_rate=0)
    estimates.tidy(1001.0 + away)
    found, _ = estimates.add("peer", 1001.0 + away, upload_rate=0, download_rate=0)
    assert found == (500 if known else 0)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 10**9)), max_size=20))
def test_it_only_grows(steps: list[tuple[float, int]]) -> None:
    estimates, now, before = Estimates(), 0.0, 0
    for step, rate in steps:
        now += step
        uploaded, downloaded = estimates.add("peer", now, upload_rate=rate, download_rate=0)
        assert uploaded >= before
        assert downloaded == 0
        before = uploaded


def test_rates_that_cannot_be_add_up_to_what_can_be_stored() -> None:
    estimates = Estimates()
    for now in range(0, 6_000, 60):
        found = estimates.add("peer", now, upload_rate=LARGEST, download_rate=LARGEST)
    assert found == (LARGEST, LARGEST)
