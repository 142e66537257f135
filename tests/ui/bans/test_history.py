"""The history is turned page by page and follows what is banned meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.bans.columns import BanView
from app.ui.bans.history import PAGE, HistoryView
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import button, says


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, recorded: int
) -> AsyncIterator[tuple[Workplace, HistoryView]]:
    """A history in which `192.0.2.0` was banned first."""
    async with workplace(tmp_path, appearance) as place:
        await place.core.bans.ban([ip_network(f"192.0.2.{n}") for n in range(recorded)])
        view = HistoryView(place.desk, BanView(place.core))
        qtbot.addWidget(view)
        view.show()
        yield place, view


def _first(view: HistoryView) -> str:
    return view.table.rows.cell(0, view.table.rows.column_of("banned"))[0]


def _can_turn(view: HistoryView) -> tuple[bool, bool]:
    return button(view, "Newer").isEnabled(), button(view, "Older").isEnabled()


async def test_the_newest_come_first_and_a_click_turns(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, PAGE + 1) as (_place, view):
        await until(lambda: says(view, "1–100 of 101"))
        assert _first(view) == f"192.0.2.{PAGE}"
        assert _can_turn(view) == (False, True)

        qtbot.mouseClick(button(view, "Older"), Qt.MouseButton.LeftButton)
        await until(lambda: says(view, "101–101 of 101"))
        assert _first(view) == "192.0.2.0"
        assert _can_turn(view) == (True, False)

        qtbot.mouseClick(button(view, "Newer"), Qt.MouseButton.LeftButton)
        await until(lambda: says(view, "1–100 of 101"))


async def test_a_full_page_has_nothing_behind_it(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, PAGE) as (_place, view):
        await until(lambda: says(view, "1–100 of 100"))
        assert _can_turn(view) == (False, False)

        view.turn(1)
        await settle(20)
        assert says(view, "1–100 of 100")


async def test_without_records_it_says_so(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, 0) as (_place, view):
        await until(lambda: says(view, "No history yet"))
        await until(lambda: _can_turn(view) == (False, False))
        assert not says(view, "of 0")


async def test_a_new_ban_appears_when_the_history_is_looked_at(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, 1) as (place, view):
        await until(lambda: view.total == 1)
        view.hide()
        await place.core.bans.ban([ip_network("198.51.100.7")])
        view.out_of_date()
        await settle(20)
        assert view.total == 1

        view.show()
        await until(lambda: view.total == 2)
        assert _first(view) == "198.51.100.7"


async def test_a_page_that_is_gone_leads_back_to_one_that_is_not(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, PAGE + 1) as (place, view):
        await until(lambda: view.total == PAGE + 1)
        view.turn(1)
        await until(lambda: says(view, "101–101 of 101"))
        del place.store.records[:2]
        view.out_of_date()

        await until(lambda: says(view, "1–99 of 99"))


async def test_the_addresses_of_the_selected_rows_are_copied(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, 2) as (_place, view):
        await until(lambda: view.table.rows.shown == 2)
        view.table.selectAll()
        qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

        assert QApplication.clipboard().text() == "192.0.2.1\n192.0.2.0"
