"""Words are laid out once, and cut where it hurts least."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPainter

from app.ui.delegates.canvas import CENTER, LEFT, RIGHT, Canvas, face
from app.ui.theme import SEMI_BOLD


def test_a_text_that_fits_is_left_alone() -> None:
    words, taken = face().place("peer", 500)

    assert words.text() == "peer"
    assert taken == face().width("peer")


def test_a_long_text_is_cut_at_its_end_or_in_its_middle() -> None:
    address = "2001:db8:9:4c00:aaaa:bbbb:cccc:dddd"
    end, end_width = face().place(address, 120)
    middle, middle_width = face().place(address, 120, middle=True)

    assert end.text().endswith("…")
    assert middle.text().startswith("2001")
    assert middle.text().endswith("d")
    assert max(end_width, middle_width) <= 120


def test_a_text_is_laid_out_once() -> None:
    assert face().place("once", 80) is face().place("once", 80)


def test_mark_up_in_a_name_is_text() -> None:
    assert face().width("<b>x</b>") > face().width("x")


@pytest.mark.parametrize(("align", "side"), [(LEFT, 0), (CENTER, 1), (RIGHT, 2)])
def test_text_stands_on_its_side(align: object, side: int) -> None:
    image = QImage(300, 28, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    Canvas(painter).write_in(face("body", SEMI_BOLD), "bad", (0, 0, 300, 28), "x", align)  # type: ignore[arg-type] # pytest's parameters
    painter.end()

    inked = [x for x in range(300) if any(image.pixelColor(x, y).alpha() for y in range(28))]
    assert all(side * 100 <= x < (side + 1) * 100 for x in inked)
    assert inked
