"""Measures inside sentences: the end of a parameter's name is its unit."""

import pytest

from app.domain.reason import Text
from app.locale.measures import measured
from app.locale.texts import say


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("limit_bytes", 0, "0 B"),
        ("limit_bytes", 1_500_000, "1.43 MiB"),
        ("allowed_rate", 64, "64 B/s"),
        ("wait_ms", 30_000, "30 s"),
        ("progress_share", 0.135, "13.50 %"),
        ("progress_share", 1.02, "102.00 %"),
        ("taken_times", 1.5, "1.50\N{MULTIPLICATION SIGN}"),
        ("count", 3, None),
    ],
)
def test_the_end_of_a_name_says_how_a_number_is_shown(
    name: str, value: float, words: str | None
) -> None:
    assert measured(name, value) == words


def test_a_sentence_shows_its_measures() -> None:
    text = Text("answer-too-large", {"limit_bytes": 64 * 2**20})
    assert say(text).endswith("larger than 64.0 MiB")


def test_a_measure_that_is_no_number_stays_as_it_is() -> None:
    assert say(Text("answer-too-large", {"limit_bytes": "?"})).endswith("larger than ?")
