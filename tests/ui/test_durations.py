"""Lengths are said as one chooses them."""

from __future__ import annotations

import pytest

from app.domain.ban import FOREVER
from app.ui.durations import DAY, HOUR, MINUTE, length, short_length


@pytest.mark.parametrize(
    ("duration", "words", "short"),
    [
        (10 * MINUTE, "10 min", "10 min"),
        (HOUR, "1 hour", "1 h"),
        (12 * HOUR, "12 hours", "12 h"),
        (DAY, "1 day", "1 d"),
        (14 * DAY, "14 days", "14 d"),
        (DAY + HOUR, "1 d 1 h", "25 h"),
        (FOREVER, "for ever", "for ever"),
    ],
)
def test_lengths(duration: int, words: str, short: str) -> None:
    assert length(duration) == words
    assert short_length(duration) == short


def test_no_end_is_for_ever() -> None:
    assert length(None) == "for ever"
