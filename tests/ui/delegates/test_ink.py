"""Pictures of chips, bars and sparklines are drawn once for the same content."""

from __future__ import annotations

from app.ui.delegates import ink
from app.ui.delegates.mark import LOOKS, Mark, mark_word
from app.ui.delegates.role import Trail


def test_bars_that_look_the_same_are_one_picture() -> None:
    one = ink.progress_bar(0.500, 0.2, 60, 1.0)

    assert ink.progress_bar(0.501, 0.2, 60, 1.0) is one
    assert ink.progress_bar(0.600, 0.2, 60, 1.0) is not one


def test_a_chip_is_never_wider_than_its_cell() -> None:
    assert ink.chip(Mark.NOT_POSSIBLE, "Not possible at all", 60, 20, 1.0).width() == 60
    wide = ink.chip_width(Mark.PASS, "Pass")
    assert ink.chip(Mark.PASS, "Pass", 500, 20, 2.0).width() == 2 * wide


def test_a_trail_is_drawn_again_when_a_sample_came() -> None:
    first = ink.trail_picture(Trail("a", 1, (0.1, 0.9)), 60, 17, 1.0)

    assert ink.trail_picture(Trail("a", 1, (0.1, 0.9)), 60, 17, 1.0) is first
    assert ink.trail_picture(Trail("a", 2, (0.1, 0.9)), 60, 17, 1.0) is not first
    assert ink.trail_picture(Trail("b", 1, (0.1, 0.9)), 60, 17, 1.0) is not first


def test_the_pictures_of_trails_stay_few() -> None:
    for number in range(1000):
        ink.trail_picture(Trail("many", number, (0.1, 0.9)), 20, 17, 1.0)

    assert len(ink._trails) <= 512  # noqa: SLF001 - a bound on memory


def test_every_mark_has_a_look_and_a_word() -> None:
    assert LOOKS.keys() == set(Mark)
    assert all(mark_word(mark) for mark in Mark)
