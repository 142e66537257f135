"""Buttons have words for everybody and icons that follow the theme."""

from __future__ import annotations

import gc

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.theme import Appearance, Scheme
from app.ui.widgets import Button, ButtonKind, IconButton


def test_a_button_without_words_has_a_name_and_a_tool_tip(qtbot: QtBot) -> None:
    button = IconButton("bell", "Alerts")
    qtbot.addWidget(button)

    assert (button.accessibleName(), button.toolTip()) == ("Alerts", "Alerts")
    assert button.focusPolicy() == Qt.FocusPolicy.StrongFocus
    button.set_name("3 alerts")
    assert button.accessibleName() == "3 alerts"


def test_a_button_is_called_by_its_words_alone(qtbot: QtBot) -> None:
    button = Button("Pause", icon="pause", kind=ButtonKind.PRIMARY)
    qtbot.addWidget(button)

    assert button.accessibleName() == "Pause"
    assert button.text().strip() == "Pause"
    assert button.property("kind") == "primary"


def test_a_menu_without_a_parent_lives_as_long_as_its_button(qtbot: QtBot) -> None:
    button = Button("More", menu=QMenu())
    qtbot.addWidget(button)
    gc.collect()

    assert button.menu().parent() is button
    assert button.text().strip() == "More"


def test_another_icon_is_shown_in_both_themes(qtbot: QtBot, appearance: Appearance) -> None:
    button = IconButton("pause", "Pause")
    qtbot.addWidget(button)
    before = button.icon().pixmap(16).toImage()
    button.set_icon("play")
    assert button.icon().pixmap(16).toImage() != before
    light = button.icon().pixmap(16).toImage()

    appearance.choose(Scheme.DARK)

    assert button.icon().pixmap(16).toImage() != light


def test_the_focus_does_not_change_the_size(qtbot: QtBot) -> None:
    button = Button("Pause", icon="pause")
    qtbot.addWidget(button)
    button.show()
    before = button.sizeHint()

    button.setFocus()
    button.ensurePolished()

    assert button.sizeHint() == before
    assert before.height() == 28
