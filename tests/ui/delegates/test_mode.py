"""The mode switch of the rules table answers to the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.columns import Column
from app.ui.delegates import Kind, mode_word
from app.ui.delegates.mode import mode_at, next_mode
from app.ui.rows import RowsModel
from app.ui.table import TableView


@pytest.mark.parametrize(
    ("shown", "x", "meant"),
    [
        (Mode.ENFORCE, 5, Mode.ENFORCE),
        (Mode.ENFORCE, 80, Mode.ENFORCE),
        (Mode.ENFORCE, 100, Mode.SHADOW),
        (Mode.ENFORCE, 140, Mode.OFF),
        (Mode.OFF, 10, Mode.ENFORCE),
        (Mode.OFF, 40, Mode.SHADOW),
        (Mode.OFF, 70, Mode.OFF),
    ],
)
def test_the_segment_under_the_pointer_is_meant(shown: Mode, x: int, meant: Mode) -> None:
    assert mode_at(x, shown, 150) is meant


def test_the_arrow_keys_stop_at_the_ends() -> None:
    assert next_mode(Mode.ENFORCE, 1) is Mode.SHADOW
    assert next_mode(Mode.ENFORCE, -1) is Mode.ENFORCE
    assert next_mode(Mode.OFF, 1) is Mode.OFF


def test_a_mode_has_a_word() -> None:
    assert [mode_word(mode) for mode in Mode] == ["Enforce", "Shadow", "Off"]


def make(qtbot: QtBot) -> TableView[str, str]:
    column = Column[str](
        key="mode",
        title="Mode",
        width=166,
        kind=Kind.MODE,
        text=mode_text,
        value=lambda _: Mode.ENFORCE,
    )
    model = RowsModel((column,), lambda rule: rule)
    model.show(["peer id", "client name"])
    view = TableView(model)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def mode_text(_rule: str) -> str:
    return mode_word(Mode.ENFORCE)


def test_a_click_on_another_segment_is_told_with_its_rule(qtbot: QtBot) -> None:
    view = make(qtbot)
    with qtbot.waitSignal(view.rows.edited) as told:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 42))

    assert told.args == ["client name", "mode", Mode.OFF]


def test_a_click_on_the_segment_in_force_is_nothing(qtbot: QtBot) -> None:
    view = make(qtbot)
    with qtbot.assertNotEmitted(view.rows.edited):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 42))


def test_the_right_arrow_chooses_the_next_mode_of_the_current_rule(qtbot: QtBot) -> None:
    view = make(qtbot)
    view.select_keys(["client name"])
    with qtbot.waitSignal(view.rows.edited) as told:
        qtbot.keyClick(view, Qt.Key.Key_Right)

    assert told.args == ["client name", "mode", Mode.SHADOW]
