"""The mode switch standing alone."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.widgets import ModeSwitch


def make(qtbot: QtBot) -> ModeSwitch:
    switch = ModeSwitch(Mode.ENFORCE)
    qtbot.addWidget(switch)
    switch.show()
    return switch


def test_a_click_chooses_the_segment_under_it(qtbot: QtBot) -> None:
    switch = make(qtbot)
    with qtbot.waitSignal(switch.chosen) as told:
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(switch.width() - 10, 10))

    assert told.args == [Mode.OFF]
    assert switch.mode is Mode.OFF
    assert switch.accessibleName() == "Mode: Off"


def test_the_arrow_keys_choose_the_neighbour(qtbot: QtBot) -> None:
    switch = make(qtbot)
    told: list[Mode] = []
    switch.chosen.connect(told.append)

    qtbot.keyClick(switch, Qt.Key.Key_Right)
    qtbot.keyClick(switch, Qt.Key.Key_Left)
    qtbot.keyClick(switch, Qt.Key.Key_Left)

    assert told == [Mode.SHADOW, Mode.ENFORCE]


def test_showing_a_mode_is_not_choosing_it(qtbot: QtBot) -> None:
    switch = make(qtbot)
    with qtbot.assertNotEmitted(switch.chosen):
        switch.set_mode(Mode.SHADOW)
        qtbot.keyClick(switch, Qt.Key.Key_A)

    assert not switch.grab().isNull()
