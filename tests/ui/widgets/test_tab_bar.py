"""Tabs make room: first the counts go, then the names."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets import Tab, TabBar

TABS = (Tab("Downloaders", "server"), Tab("Peers", "users"), Tab("Bans", "ban"))


def make(qtbot: QtBot, width: int) -> TabBar:
    bar = TabBar(TABS)
    qtbot.addWidget(bar)
    bar.set_count(1, "1,248")
    bar.resize(width, bar.height())
    bar.show()
    return bar


def widths(bar: TabBar) -> list[int]:
    return [bar.tabRect(index).width() for index in range(bar.count())]


def test_with_room_all_is_shown(qtbot: QtBot) -> None:
    bar = make(qtbot, 1000)

    assert sum(widths(bar)) == bar.sizeHint().width()
    assert bar.tabToolTip(0) == ""


def test_the_counts_go_first_then_all_names_but_the_current(qtbot: QtBot) -> None:
    bar = make(qtbot, 1000)
    full = widths(bar)

    bar.resize(sum(full) - 5, bar.height())
    without_counts = widths(bar)
    assert without_counts[0] == full[0]
    assert without_counts[1] < full[1]

    bar.resize(sum(without_counts) - 5, bar.height())
    bar.setCurrentIndex(1)
    narrow = widths(bar)
    assert narrow[0] == narrow[2] < narrow[1]
    assert bar.tabToolTip(2) == "Bans"
    assert sum(narrow) == bar.minimumSizeHint().width()

    bar.resize(1000, bar.height())
    assert widths(bar) == full


def test_a_count_is_told_to_screen_readers(qtbot: QtBot) -> None:
    bar = make(qtbot, 1000)
    assert bar.accessibleTabName(1) == "Peers, 1,248"

    bar.set_count(1, "")

    assert bar.accessibleTabName(1) == "Peers"


def test_no_tab_moves_when_another_becomes_the_current_one(qtbot: QtBot) -> None:
    bar = make(qtbot, 1000)
    before = widths(bar)

    bar.setCurrentIndex(2)

    assert widths(bar) == before


def test_tabs_answer_to_mouse_and_keys(qtbot: QtBot) -> None:
    bar = make(qtbot, 1000)
    with qtbot.waitSignal(bar.currentChanged):
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(2).center())
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert bar.currentIndex() == 1

    resting = bar.grab().toImage()
    qtbot.mouseMove(bar, bar.tabRect(0).center())

    assert bar.grab().toImage() != resting


def test_a_tab_that_the_keyboard_is_on_has_an_outline(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = TabBar(TABS, window)
    window.resize(1000, 60)
    window.show()
    window.activateWindow()
    bar.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(bar.hasFocus)
    clicked = bar.grab().toImage()
    bar.clearFocus()

    bar.setFocus(Qt.FocusReason.TabFocusReason)

    assert bar.grab().toImage() != clicked
