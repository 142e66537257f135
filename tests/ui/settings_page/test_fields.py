"""Fields give back what was entered, also when their kind will refuse it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.settings.errors import InvalidSetting
from app.ui.settings_page.fields import BytesField, ChoiceField, LengthField, ShareField, field_for
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


@pytest.mark.parametrize("value", [-1, 0, 1_500, 60 * 86_400_000])
def test_a_length_may_be_none_where_its_kind_takes_that(qtbot: QtBot, value: int) -> None:
    field = LengthField()
    qtbot.addWidget(field.widget)
    field.show_value(value)

    assert field.read() == value


@pytest.mark.parametrize("value", [-1, 0, 1, 50_000_000, 64 << 20, 2**62])
def test_a_size_comes_back_in_bytes(qtbot: QtBot, value: int) -> None:
    field = BytesField()
    qtbot.addWidget(field.widget)
    field.show_value(value)

    assert field.read() == value


@pytest.mark.parametrize(("share", "shown"), [(0.07, "7"), (0.29, "29"), (1.5, "150"), (0, "0")])
def test_a_share_is_percent(qtbot: QtBot, share: float, shown: str) -> None:
    field = ShareField()
    qtbot.addWidget(field.widget)
    field.show_value(share)
    line = field.widget
    assert isinstance(line, QLineEdit)

    assert line.text() == shown
    assert field.read() == share
    line.setText("12,5 %")
    assert field.read() == 0.125
