"""Fields give back what was entered, also when their kind will refuse it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.settings.errors import InvalidSetting
from app.ui.settings_page.fields import ChoiceField, LengthField, field_for
from app.ui.settings_page.items import GENERAL, WATCHING

LANGUAGE, INTERVAL, NEVER = GENERAL.items[0], WATCHING.items[0], WATCHING.items[2]


def test_a_language_without_an_entry_of_its_own_stays_as_it_is(qtbot: QtBot) -> None:
    field = ChoiceField(LANGUAGE)
    qtbot.addWidget(field.widget)
    field.show_value("zh_hk")

    assert field.read() == "zh_hk"


def test_a_length_that_is_none_is_left_to_its_kind(qtbot: QtBot) -> None:
    field = LengthField()
    qtbot.addWidget(field.widget)
    field.show_value(5_000)
    line = field.widget.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText("soon")

    with pytest.raises(InvalidSetting):
        INTERVAL.kind.read(field.read())


def test_addresses_are_read_line_by_line_without_empty_ones(qtbot: QtBot) -> None:
    field = field_for(NEVER)
    qtbot.addWidget(field.widget)
    field.show_value(NEVER.default)
    assert NEVER.kind.read(field.read()) == NEVER.default
    field.show_value(())

    assert field.read() == []
