"""A size is shown in its largest whole unit, and given back in bytes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.settings_page.size_field import SizeField


def parts(field: SizeField) -> tuple[QLineEdit, QComboBox]:
    line, unit = field.findChild(QLineEdit), field.findChild(QComboBox)
    assert isinstance(line, QLineEdit)
    assert isinstance(unit, QComboBox)
    return line, unit


@pytest.mark.parametrize(
    ("size", "number", "unit"),
    [
        (0, "0", "B"),
        (1_500, "1500", "B"),
        (50_000_000, "50", "MB"),
        (64 * 2**20, "64", "MiB"),
        (25_000_000_000, "25", "GB"),
        (2**40, "1", "TiB"),
        (2**63 - 1, str(2**63 - 1), "B"),
    ],
)
def test_the_largest_whole_unit_is_chosen(qtbot: QtBot, size: int, number: str, unit: str) -> None:
    field = SizeField()
    qtbot.addWidget(field)
    field.set_value(size)
    line, units = parts(field)
    assert (line.text(), units.currentText()) == (number, unit)
    assert field.value == size


@given(st.integers(0, 2**63 - 1))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shown_is_nearly_what_comes_back(qtbot: QtBot, size: int) -> None:
    field = SizeField()
    qtbot.addWidget(field)
    field.set_value(size)
    assert field.value == size


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1.5", "GiB", 3 * 2**29),
        ("1,5", "kB", 1_500),
        ("lots", "MB", "lots"),
        ("", "MB", ""),
        ("inf", "B", "inf"),
        ("-1", "kB", -1_000),
    ],
)
def test_what_is_typed_counts_in_its_unit_or_is_left_to_the_setting(
    qtbot: QtBot, text: str, unit: str, value: int | str
) -> None:
    field = SizeField()
    qtbot.addWidget(field)
    line, units = parts(field)
    units.setCurrentText(unit)
    line.setText(text)
    assert field.value == value


def test_typing_and_choosing_a_unit_are_told_and_showing_is_not(qtbot: QtBot) -> None:
    field = SizeField()
    qtbot.addWidget(field)
    told: list[int | str] = []
    field.changed.connect(lambda: told.append(field.value))
    field.set_value(2**20)
    assert told == []
    line, units = parts(field)
    qtbot.keyClicks(line, "0")
    units.setCurrentText("B")
    units.activated.emit(units.currentIndex())
    assert told == [10 * 2**20, 10]


def test_it_is_named_and_outlined_as_one_field(qtbot: QtBot) -> None:
    field = SizeField()
    qtbot.addWidget(field)
    line, _units = parts(field)
    field.setAccessibleName("Memory")
    field.set_wrong(wrong=True)
    assert line.accessibleName() == "Memory"
    assert line.property("wrong") is True
    field.set_wrong(wrong=False)
    assert line.property("wrong") is False
