"""The sparkline standing alone."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.theme import Appearance, Scheme
from app.ui.widgets import SparkLine


def test_samples_and_theme_change_the_line(qtbot: QtBot, appearance: Appearance) -> None:
    line = SparkLine(110, 30)
    qtbot.addWidget(line)
    empty = line.grab().toImage()
    line.set_samples((0.1, 0.9, 0.4))
    light = line.grab().toImage()
    assert light != empty

    appearance.choose(Scheme.DARK)
    line.set_samples((0.1, 0.9, 0.4), color="warn")

    assert line.grab().toImage() != light
