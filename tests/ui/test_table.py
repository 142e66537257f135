"""Tables hold still, act on what was clicked, and say it all by keys."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.locale import N_
from app.ui.columns import RIGHT, Column
from app.ui.rows import RowsModel
from app.ui.table import TableView
from app.ui.theme import theme
from app.ui.widgets import EmptyState


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    amount: int = 0


COLUMNS = (
    Column[Item](key="name", title=N_("Name"), text=lambda item: item.key, width=120),
    Column[Item](
        key="amount",
        title=N_("Amount"),
        text=lambda item: str(item.amount),
        sort=lambda item: item.amount,
        align=RIGHT,
        falling=True,
    ),
    Column[Item](key="more", title=N_("More"), text=lambda _: "more", shown=False),
)


def table_of(qtbot: QtBot, *items: Item, holds_still: bool = False) -> TableView[Item, str]:
    model = RowsModel(COLUMNS, lambda item: item.key)
    model.show(items)
    view = TableView(model, holds_still=holds_still)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


ITEMS = (Item("a", 1), Item("b", 2), Item("c", 3))


def enter(view: TableView[Item, str]) -> None:
    QApplication.sendEvent(
        view.viewport(), QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5))
    )


def leave(view: TableView[Item, str]) -> None:
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))


def test_a_selection_follows_its_rows_through_sorting(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["a", "c"])

    view.rows.sort_by("amount", falling=True)

    assert view.selected_keys() == ("c", "a")
    assert view.current_key() == "a"
    assert view.selected_rows() == [Item("c", 3), Item("a", 1)]


def test_a_selected_row_holds_the_order_and_releasing_it_lets_news_in(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS, holds_still=True)
    view.select_keys(["b"])
    assert view.held_by == "selection"

    view.rows.show([Item("c", 9), Item("b", 2), Item("d", 4)])
    assert view.rows.keys() == ["a", "b", "c"]
    assert view.rows.waiting == 2

    view.clearSelection()
    assert view.held_by == ""
    assert view.rows.keys() == ["c", "b", "d"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Up])
def test_an_arrow_first_chooses_the_row_that_it_is_on(qtbot: QtBot, key: Qt.Key) -> None:
    view = table_of(qtbot, ITEMS[0])
    view.setFocus()

    qtbot.keyClick(view, key)
    assert view.selected_keys() == ("a",)

    view.rows.show(ITEMS)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.selected_keys() == ("b",)


def test_the_pointer_over_it_holds_the_order(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS, holds_still=True)
    enter(view)
    assert (view.held_by, view.rows.frozen) == ("pointer", True)

    leave(view)

    assert not view.rows.frozen


def test_releasing_lets_in_what_waits_and_holds_again(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS, holds_still=True)
    enter(view)
    view.rows.show([*ITEMS, Item("d")])

    view.release()

    assert view.rows.keys() == ["a", "b", "c", "d"]
    assert view.rows.frozen


def test_space_holds_the_order_until_it_is_pressed_again(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS, holds_still=True)
    with qtbot.waitSignal(view.hold_changed):
        qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.held_by == "user"

    qtbot.keyClick(view, Qt.Key.Key_Space)

    assert not view.rows.frozen


def test_a_table_that_need_not_hold_still_moves_under_the_pointer(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    enter(view)
    view.select_keys(["a"])

    assert not view.rows.frozen


def test_the_context_menu_carries_the_rows_that_were_selected(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=QPoint(20, 42))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(20, 42), QPoint(120, 142))
    with qtbot.waitSignal(view.menu_wanted) as told:
        QApplication.sendEvent(view.viewport(), event)

    assert told.args == [QPoint(120, 142), ("b",)]


def test_the_menu_key_opens_it_at_the_current_row(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["c"])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    with qtbot.waitSignal(view.menu_wanted) as told:
        QApplication.sendEvent(view.viewport(), event)

    assert told.args[1] == ("c",)
    assert view.rowAt(view.viewport().mapFromGlobal(told.args[0]).y()) == 2


@pytest.mark.parametrize(
    ("key", "modifier", "letter"),
    [
        (Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier, "B"),
        (Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier, "Shift+U"),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "Del"),
    ],
)
def test_letters_are_commands_on_the_selected_rows(
    qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, letter: str
) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["a", "b"])
    with qtbot.waitSignal(view.letter_pressed) as told:
        qtbot.keyClick(view, key, modifier)

    assert told.args == [letter, ("a", "b")]


def test_letters_with_control_are_left_to_the_window(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    with qtbot.assertNotEmitted(view.letter_pressed):
        qtbot.keyClick(view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)


def test_enter_and_a_double_click_open_a_row(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["b"])
    with qtbot.waitSignal(view.opened) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args == ["b"]

    with qtbot.waitSignal(view.opened) as told:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 70))
    assert told.args == ["c"]


def test_escape_clears_the_selection_first(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["b"])

    qtbot.keyClick(view, Qt.Key.Key_Escape)

    assert view.selected_keys() == ()


def test_copying_takes_the_columns_shown(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["a", "c"])

    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "a\t1\nc\t3"


def test_a_page_may_say_what_is_copied(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.set_copy(lambda rows: " ".join(row.key for row in rows))
    view.select_keys(["a", "c"])

    view.copy()

    assert QGuiApplication.clipboard().text() == "a c"


def test_copying_nothing_leaves_the_clipboard_alone(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("kept")

    table_of(qtbot, *ITEMS).copy()

    assert QGuiApplication.clipboard().text() == "kept"


def test_the_export_is_what_is_shown(qtbot: QtBot) -> None:
    view = table_of(qtbot, Item("x, y", 2), Item("b", 5))
    view.rows.sort_by("amount", falling=True)
    view.rows.set_filter(lambda item: item.amount > 1)

    assert view.csv() == 'Name,Amount\r\nb,5\r\n"x, y",2\r\n'


def test_a_name_cannot_become_a_formula_in_a_spreadsheet(qtbot: QtBot) -> None:
    view = table_of(qtbot, Item("=1+1"), Item("@SUM(A1)"), Item("-XL0012-"))

    assert [line.split(",")[0] for line in view.csv().splitlines()[1:]] == [
        "'=1+1",
        "'@SUM(A1)",
        "'-XL0012-",
    ]


def test_an_empty_table_says_so_and_a_row_puts_it_away(qtbot: QtBot) -> None:
    view = table_of(qtbot)
    overlay = EmptyState("users", "No peers", "Nobody is connected.")
    view.set_empty(overlay)
    assert overlay.isVisible()

    view.rows.show([Item("a")])
    assert not overlay.isVisible()

    view.rows.set_filter(lambda _: False)
    assert overlay.isVisible()


def test_the_selected_row_is_tinted_and_has_a_bar(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    view.select_keys(["b"])

    image = view.viewport().grab().toImage()

    ratio = image.devicePixelRatio()
    assert image.pixelColor(round(1 * ratio), round(40 * ratio)) == theme().color("accent")
    assert image.pixelColor(round(350 * ratio), round(40 * ratio)) == theme().color("accent_soft")
    assert image.pixelColor(round(350 * ratio), round(10 * ratio)) == theme().color("surface")


def test_the_row_under_the_pointer_is_raised(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)
    qtbot.mouseMove(view.viewport(), QPoint(20, 42))
    image = view.viewport().grab().toImage()
    assert image.pixelColor(350, 40) == theme().color("raised")

    leave(view)

    assert view.viewport().grab().toImage().pixelColor(350, 40) == theme().color("surface")


def test_keys_that_are_not_shown_cannot_be_selected(qtbot: QtBot) -> None:
    view = table_of(qtbot, *ITEMS)

    view.select_keys(["nobody", "b"])

    assert view.selected_keys() == ("b",)


def test_a_long_table_scrolls_without_losing_a_row(qtbot: QtBot) -> None:
    view = table_of(qtbot, *(Item(f"peer {n:03}", n) for n in range(500)))
    view.select_keys(["peer 499"])

    assert view.rowAt(view.viewport().height() - 5) == 499
    image = view.viewport().grab().toImage()
    assert image.pixelColor(1, image.height() - 10) == theme().color("accent")
