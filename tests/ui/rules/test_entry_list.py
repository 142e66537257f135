"""Lists are edited row by row; what is refused stays typed and changes nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.locale import N_
from app.ui.rules.columns import plain_column
from app.ui.rules.entries import read_ports
from app.ui.rules.entry_bar import EntryBar
from app.ui.rules.entry_list import EntryList
from tests.ui.finding import button


@pytest.fixture
def ports(qtbot: QtBot) -> EntryList:
    bar = EntryBar(read_ports, "Port", "51413")
    made = EntryList("Ports", plain_column(N_("Port")), bar, ordered=True)
    qtbot.addWidget(made)
    made.set_entries(("1", "2", "3"))
    made.show()
    return made


def type_in(ports: EntryList, text: str) -> EntryBar:
    bar = ports.findChild(EntryBar)
    assert isinstance(bar, EntryBar)
    bar.field.setText(text)
    bar.enter()
    return bar


def select(ports: EntryList, *places: int) -> None:
    model = ports.table.rows
    ports.table.select_keys([model.key_at(place) for place in places])


def test_new_ones_come_at_the_end_and_twins_are_left_out(ports: EntryList) -> None:
    type_in(ports, "4 2 5")

    assert ports.entries == ("1", "2", "3", "4", "5")


def test_what_is_refused_changes_nothing_and_stays_typed(ports: EntryList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(ports.changed):
        bar = type_in(ports, "70000")

    assert ports.entries == ("1", "2", "3")
    assert (bar.field.text(), bar.field.property("wrong")) == ("70000", True)
    assert "70000" in bar.wrong


def test_enter_on_a_row_loads_it_and_change_replaces_it(ports: EntryList, qtbot: QtBot) -> None:
    select(ports, 1)
    qtbot.keyClick(ports.table, Qt.Key.Key_Return)
    assert button(ports, "Change").isVisible()
    type_in(ports, "22")

    assert ports.entries == ("1", "22", "3")


def test_escape_leaves_an_entry_as_it_was(ports: EntryList, qtbot: QtBot) -> None:
    select(ports, 1)
    qtbot.keyClick(ports.table, Qt.Key.Key_F2)
    bar = ports.findChild(EntryBar)
    assert isinstance(bar, EntryBar)
    assert bar.field.text() == "2"
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    type_in(ports, "9")

    assert ports.entries == ("1", "2", "3", "9")


def test_del_removes_the_selected_ones(ports: EntryList, qtbot: QtBot) -> None:
    select(ports, 0, 2)
    with qtbot.waitSignal(ports.changed, timeout=1000):
        qtbot.keyClick(ports.table, Qt.Key.Key_Delete)

    assert ports.entries == ("2",)


def test_the_selected_ones_move_together_and_stop_at_the_ends(ports: EntryList) -> None:
    select(ports, 1, 2)
    ports.move_selected(-1)
    assert ports.entries == ("2", "3", "1")
    ports.move_selected(-1)
    assert ports.entries == ("2", "3", "1")
    ports.move_selected(1)
    assert ports.entries == ("1", "2", "3")


def test_a_row_that_was_refused_is_pointed_at(ports: EntryList) -> None:
    ports.mark(1, "Allowed: something else")

    assert [entry.text for entry in ports.table.selected_rows()] == ["2"]
