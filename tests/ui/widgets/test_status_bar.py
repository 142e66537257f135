"""The parts of the status line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.theme import Appearance, Scheme
from app.ui.widgets import StatusBar, StatusPart


def test_a_part_says_something_else_and_keeps_its_icon(
    qtbot: QtBot, appearance: Appearance
) -> None:
    part = StatusPart("radar", "Sweep 0.31 s")
    bar = StatusBar((part,), (StatusPart("", "CPU 1.2 %", quiet=True),))
    qtbot.addWidget(bar)
    before = part.icon().pixmap(14).toImage()

    part.set("Sweep 0.40 s")

    assert part.accessibleName() == "Sweep 0.40 s"
    assert part.icon().pixmap(14).toImage() == before
    part.set("No sweep", icon="triangle-alert", color="warn")
    assert part.icon().pixmap(14).toImage() != before
    appearance.choose(Scheme.DARK)
    assert bar.height() == 28


def test_a_part_is_a_button(qtbot: QtBot) -> None:
    part = StatusPart("radar", "Sweep 0.31 s")
    qtbot.addWidget(part)
    with qtbot.waitSignal(part.clicked):
        qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
