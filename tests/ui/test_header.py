"""The header sorts, chooses columns and comes back as it was left."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.ui.columns import Column
from app.ui.rows import RowsModel
from app.ui.table import TableView

COLUMNS = (
    Column[int](key="number", title="Number", text=str, sort=lambda n: n, width=100),
    Column[int](
        key="square", title="Square", text=lambda n: str(n * n), sort=lambda n: n * n, falling=True
    ),
    Column[int](key="more", title="More", text=str, shown=False),
)


@pytest.fixture
def view(qtbot: QtBot) -> TableView[int, int]:
    model = RowsModel(COLUMNS, lambda n: n)
    model.show([2, 1, 3])
    made = TableView(model)
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    return made


def titles(view: TableView[int, int]) -> list[str]:
    return [str(view.rows.headerData(i, Qt.Orientation.Horizontal)) for i in range(3)]


def test_clicks_sort_one_way_and_then_the_other(view: TableView[int, int], qtbot: QtBot) -> None:
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert (view.rows.keys(), titles(view)[0]) == ([1, 2, 3], "Number ↑")

    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert (view.rows.keys(), titles(view)[0]) == ([3, 2, 1], "Number ↓")


def test_an_amount_sorts_the_largest_first(view: TableView[int, int], qtbot: QtBot) -> None:
    qtbot.mouseClick(view.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 10))

    assert view.rows.keys() == [3, 2, 1]
    spoken = view.rows.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Square, largest first"


def test_the_menu_switches_columns(view: TableView[int, int]) -> None:
    menu = view.header.column_menu()
    more = next(action for action in menu.actions() if action.text() == "More")
    assert not more.isChecked()

    more.trigger()

    assert view.header.shown_columns() == [0, 1, 2]


def test_the_last_column_cannot_be_hidden(view: TableView[int, int]) -> None:
    for action in view.header.column_menu().actions()[:2]:
        action.trigger()

    assert view.header.shown_columns() == [0]


def test_the_stretching_column_stays_readable_in_a_narrow_table(qtbot: QtBot) -> None:
    reason = Column[int](key="reason", title="Reason", text=str, width=300, stretch=True, least=140)
    model = RowsModel((COLUMNS[0], reason, COLUMNS[1]), lambda n: n)
    made = TableView(model)
    qtbot.addWidget(made)
    made.show()
    others = made.header.sectionSize(0) + made.header.sectionSize(2)

    for wide, least in ((800, 0), (260, 140), (700, 0)):
        made.resize(wide, 200)
        assert made.header.sectionSize(1) == (least or made.header.viewport().width() - others)

    made.header.resizeSection(0, 180)
    assert made.header.length() == made.header.viewport().width()


def test_the_header_comes_back_as_it_was_left(view: TableView[int, int]) -> None:
    view.header.moveSection(1, 0)
    view.header.resizeSection(0, 222)
    view.header.setSectionHidden(2, False)
    view.rows.sort_by("square", falling=True)
    saved = json.loads(json.dumps(view.header.saved()))

    view.header.reset_columns()
    view.rows.sort_by(None)
    assert view.header.shown_columns() == [0, 1]
    view.header.restore(saved)

    assert view.header.shown_columns() == [1, 0, 2]
    assert view.header.sectionSize(0) == 222
    assert view.rows.sorted_by == ("square", True)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"columns": None, "sort": 3},
        {"columns": ["x", {"key": []}, {"key": "number", "width": -5}], "sort": "gone"},
        {"columns": [{"key": "number", "shown": False}, {"key": "square", "shown": False}]},
    ],
)
def test_a_spoilt_state_still_gives_a_table(
    view: TableView[int, int], state: dict[str, object]
) -> None:
    view.header.restore(state)

    assert view.header.shown_columns()
    assert view.header.sectionSize(view.header.shown_columns()[0]) >= 36
