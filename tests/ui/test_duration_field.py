"""A length of time is typed as a number with its unit."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.ban import FOREVER
from app.ui.duration_field import DurationField

DAY = 86_400_000


@pytest.fixture
def field(qtbot: QtBot) -> DurationField:
    made = DurationField(global_words="as all bans")
    qtbot.addWidget(made)
    return made


def shown(field: DurationField) -> tuple[str, str]:
    line, unit = field.findChild(QLineEdit), field.findChild(QComboBox)
    assert isinstance(line, QLineEdit)
    assert isinstance(unit, QComboBox)
    return line.text(), unit.currentText()


@pytest.mark.parametrize(
    ("length", "number", "unit"),
    [
        (3 * DAY, "3", "days"),
        (36 * 3_600_000, "36", "hours"),
        (90_000, "90", "s"),
        (1_500, "1.5", "s"),
        (FOREVER, "", "for ever"),
        (None, "", "as all bans"),
    ],
)
def test_a_value_comes_back_as_it_was(
    field: DurationField, length: int | None, number: str, unit: str
) -> None:
    field.set_value(length)

    assert shown(field) == (number, unit)
    assert field.value == length


@pytest.mark.parametrize("typed", ["", "0", "-1", "soon", "inf", "nan"])
def test_what_is_no_length_is_refused(field: DurationField, typed: str) -> None:
    field.set_value(DAY)
    line = field.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText(typed)

    with pytest.raises((ValueError, OverflowError)):
        _ = field.value


def test_a_length_without_end_needs_no_number(field: DurationField) -> None:
    field.set_value(FOREVER)
    line = field.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)

    assert not line.isEnabled()


def test_typing_says_that_something_changed(field: DurationField, qtbot: QtBot) -> None:
    line = field.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)

    with qtbot.waitSignal(field.changed, timeout=1000):
        qtbot.keyClicks(line, "4")
