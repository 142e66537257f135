"""A log line in words."""

from __future__ import annotations

import logging

import pytest

from app.services.log_ring import LogLine
from app.ui.log.columns import COLUMNS, level_ink, level_word, line_text


@pytest.mark.parametrize(
    ("level", "word", "ink"),
    [
        (logging.CRITICAL, "Error", "bad"),
        (logging.WARNING, "Warning", "warn"),
        (logging.INFO, "Info", ""),
        (logging.DEBUG, "Detail", "faint"),
    ],
)
def test_a_level_is_a_word_and_a_colour(level: int, word: str, ink: str) -> None:
    assert (level_word(level), level_ink(level)) == (word, ink)


def test_a_row_shows_the_first_line_and_the_clipboard_gets_all() -> None:
    line = LogLine(
        1, 1_763_700_000_000, logging.ERROR, "app.services.tasks", "it crashed\nTraceback"
    )
    texts = {column.key: column.text(line) for column in COLUMNS}

    assert texts["text"] == "it crashed …"
    assert texts["source"] == "services.tasks"
    assert line_text(line).endswith(" Error app.services.tasks: it crashed\nTraceback")


def test_what_turns_the_writing_around_is_not_copied() -> None:
    line = LogLine(1, 1_763_700_000_000, logging.INFO, "app", "peer \u202eevil")

    assert "\u202e" not in line_text(line)
