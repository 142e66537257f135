"""The whole program changes its clothes at once."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.theme import DARK, LIGHT, Appearance, Scheme, font, metrics, theme
from app.ui.theme.scale import TypeScale, system_scale
from app.ui.widgets import Button


def test_choosing_dark_changes_palette_sheet_and_theme(
    qapp: QApplication, appearance: Appearance, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(appearance.changed):
        appearance.choose(Scheme.DARK)

    assert theme() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Base).name().upper() == DARK.surface
    assert DARK.accent_soft in qapp.styleSheet()
    assert appearance.scheme is Scheme.DARK


def test_choosing_the_same_again_changes_nothing(appearance: Appearance, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(appearance.changed):
        appearance.choose(Scheme.LIGHT)


def test_the_system_is_followed_live(
    appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    appearance.choose(Scheme.SYSTEM)
    assert theme() is LIGHT

    monkeypatch.setattr("app.ui.theme.appearance._system_is_dark", lambda: True)
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())

    assert theme() is DARK
    assert appearance.scheme is Scheme.SYSTEM


def test_a_choice_of_the_user_outweighs_the_system(
    appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.theme.appearance._system_is_dark", lambda: True)
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())

    assert theme() is LIGHT


def test_the_icon_of_a_button_follows_the_theme(appearance: Appearance, qtbot: QtBot) -> None:
    button = Button("Ban", icon="ban")
    qtbot.addWidget(button)
    light = button.icon().pixmap(16).toImage()

    appearance.choose(Scheme.DARK)

    assert button.icon().pixmap(16).toImage() != light


def test_chinese_puts_its_own_font_first_where_there_is_one() -> None:
    def has(family: str) -> bool:
        return family == "PingFang SC"

    assert system_scale(QFont("Somefont"), "zh_CN", has).families == ("PingFang SC", "Somefont")
    assert system_scale(QFont("Somefont"), "en", has).families == ("Somefont",)


def test_heights_grow_with_the_text_but_never_shrink() -> None:
    assert TypeScale(("a",), 26).height(28) == 56
    assert TypeScale(("a",), 11).height(28) == 28


def test_the_steps_of_the_scale_are_those_of_the_design() -> None:
    scale = TypeScale(("a",), 13)
    assert [scale.pixels(step) for step in ("caption", "body", "section", "title", "figure")] == [
        11,
        13,
        14,
        20,
        25,
    ]


def test_digits_of_columns_have_one_width(appearance: Appearance) -> None:
    measured = metrics(tabular=True)

    assert font(tabular=True).featureValue(QFont.Tag("tnum")) == 1
    assert len({measured.horizontalAdvance(digit) for digit in "0123456789"}) == 1
