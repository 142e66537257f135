"""What was done can be undone, without being asked beforehand."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.widgets import UndoBar


def make(qtbot: QtBot) -> UndoBar:
    bar = UndoBar()
    qtbot.addWidget(bar)
    return bar


def expire(bar: UndoBar) -> None:
    bar._timer.timeout.emit()  # noqa: SLF001 - ten seconds pass


def test_undo_is_done_once_and_puts_the_bar_away(qtbot: QtBot) -> None:
    bar, done = make(qtbot), list[str]()
    bar.offer("Unbanned 203.0.113.44.", lambda: done.append("undone"))
    assert bar.isVisible()
    assert bar.accessibleName() == "Unbanned 203.0.113.44."

    with qtbot.waitSignal(bar.closed):
        qtbot.mouseClick(bar.findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    bar.undo()

    assert done == ["undone"]
    assert bar.isHidden()


def test_the_bar_goes_but_the_action_stays_undoable(qtbot: QtBot) -> None:
    bar, done = make(qtbot), list[str]()
    bar.offer("Unbanned.", lambda: done.append("undone"))
    expire(bar)
    assert bar.isHidden()
    assert bar.can_undo

    bar.undo()

    assert done == ["undone"]
    assert not bar.can_undo


def test_the_bar_waits_while_the_focus_is_in_it(qtbot: QtBot) -> None:
    bar = make(qtbot)
    bar.offer("Unbanned.", lambda: None)
    button = bar.findChildren(QPushButton)[1]
    bar.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)

    expire(bar)

    assert bar.isVisible()


def test_the_scope_can_be_changed_where_there_is_one(qtbot: QtBot) -> None:
    bar, done = make(qtbot), list[str]()
    bar.offer("Unbanned.", lambda: None)
    more = bar.findChildren(QPushButton)[0]
    assert more.isHidden()

    bar.offer("Unbanned.", lambda: None, change=lambda: done.append("changed"))
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)

    assert done == ["changed"]


def test_offers_in_quick_succession_show_the_last(qtbot: QtBot) -> None:
    bar, done = make(qtbot), list[int]()
    for number in range(5):
        bar.offer(f"Step {number}", partial(done.append, number))
    qtbot.waitUntil(lambda: bar.graphicsEffect() is None)

    bar.undo()

    assert done == [4]
