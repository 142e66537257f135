"""The sparkline of a card shows one hour."""

from __future__ import annotations

import pytest

from app.ui.downloaders.trail import RateTrail

HALF_MINUTE = 30_000
NOW = 1_763_700_000_000 // HALF_MINUTE * HALF_MINUTE


def test_nothing_seen_is_no_line() -> None:
    assert RateTrail().samples(NOW) == ()


def test_each_half_minute_shows_its_highest_rate() -> None:
    trail = RateTrail()
    for at, rate in ((NOW, 100), (NOW + 5_000, 400), (NOW + 10_000, 200), (NOW + HALF_MINUTE, 100)):
        trail.add(at, rate)

    assert trail.samples(NOW + HALF_MINUTE)[-2:] == pytest.approx((1.0, 0.5))


def test_what_is_older_than_an_hour_is_gone() -> None:
    trail = RateTrail()
    trail.add(NOW, 100)

    assert trail.samples(NOW + 3_600_000) == ()


def test_silence_is_zero_not_the_last_rate() -> None:
    trail = RateTrail()
    trail.add(NOW, 100)

    assert trail.samples(NOW + 2 * HALF_MINUTE)[-2:] == (0.0, 0.0)


def test_a_line_of_a_few_samples_is_not_stretched() -> None:
    trail = RateTrail()
    trail.add(NOW, 100)

    assert len(trail.samples(NOW)) == 20
