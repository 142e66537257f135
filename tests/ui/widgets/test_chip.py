"""Chips say their mark, quick filters their count."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.delegates import Mark
from app.ui.widgets import Chip, QuickFilters


def test_a_chip_says_its_mark_to_everybody(qtbot: QtBot) -> None:
    chip = Chip(Mark.BANNED)
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Banned"
    narrow = chip.sizeHint().width()

    chip.set(Mark.BANNED, "Banned for 30 d")

    assert chip.accessibleName() == "Banned for 30 d"
    assert chip.sizeHint().width() > narrow
    assert not chip.grab().isNull()


def filters(qtbot: QtBot) -> QuickFilters:
    made = QuickFilters([("all", "All"), ("banned", "Banned")])
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_first_filter_is_chosen_until_another_is(qtbot: QtBot) -> None:
    made = filters(qtbot)
    assert made.current == "all"

    with qtbot.waitSignal(made.chosen) as told:
        made.choose("banned")

    assert told.args == ["banned"]
    assert made.current == "banned"


def test_a_click_chooses_once(qtbot: QtBot) -> None:
    made = filters(qtbot)
    told: list[str] = []
    made.chosen.connect(told.append)
    buttons = made.findChildren(QPushButton)

    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)

    assert told == ["banned"]


def test_a_filter_shows_how_many_it_lets_through(qtbot: QtBot) -> None:
    made = filters(qtbot)
    made.set_count("all", 1248)
    assert made.findChildren(QPushButton)[0].text() == "All 1,248"

    made.set_count("all", None)

    assert made.findChildren(QPushButton)[0].text() == "All"
