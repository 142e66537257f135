"""Scrolling a form changes no choice in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.widgets import ChoiceBox


def turn(box: ChoiceBox) -> bool:
    """Turn the wheel over `box` by one notch; whether it took that."""
    where = QPointF(box.rect().center())
    event = QWheelEvent(
        where,
        box.mapToGlobal(where),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    return event.isAccepted()


def test_the_wheel_changes_a_box_only_when_it_has_the_focus(qtbot: QtBot) -> None:
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["KiB", "MiB", "GiB"])
    box.show()
    qtbot.waitExposed(box)
    box.clearFocus()
    assert not turn(box)
    assert box.currentText() == "KiB"
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    assert turn(box)
    assert box.currentText() == "MiB"
