"""The filter box over a table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from app.ui.widgets import SearchField


def make(qtbot: QtBot) -> tuple[SearchField, QLineEdit]:
    field = SearchField("Filter: address")
    qtbot.addWidget(field)
    field.show()
    edit = field.focusProxy()
    assert isinstance(edit, QLineEdit)
    return field, edit


def test_each_keystroke_is_told_without_blanks_around(qtbot: QtBot) -> None:
    field, edit = make(qtbot)
    told: list[str] = []
    field.changed.connect(told.append)

    qtbot.keyClicks(edit, " ab ")

    assert told == ["", "a", "ab", "ab"]
    assert field.text == "ab"


def test_escape_empties_the_field_and_then_leaves_it(qtbot: QtBot) -> None:
    field, edit = make(qtbot)
    field.set_text("ab")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert field.text == ""

    with qtbot.waitSignal(field.left):
        qtbot.keyClick(edit, Qt.Key.Key_Escape)


def test_the_down_key_goes_to_the_table(qtbot: QtBot) -> None:
    field, edit = make(qtbot)
    field.set_text("ab")
    with qtbot.waitSignal(field.left):
        qtbot.keyClick(edit, Qt.Key.Key_Down)

    assert field.text == "ab"


def test_the_cross_is_there_while_there_is_something_to_clear(qtbot: QtBot) -> None:
    field, _edit = make(qtbot)
    cross = field.findChildren(QToolButton)[0]
    assert cross.isHidden()
    field.set_text("ab")
    assert not cross.isHidden()

    cross.click()

    assert field.text == ""


def test_the_frame_shows_the_focus(qtbot: QtBot) -> None:
    field, edit = make(qtbot)
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(edit.hasFocus)

    assert field.property("focused") is True
