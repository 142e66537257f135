"""Who is never judged: listed, added, and taken away again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.ui.rules.exceptions_card import ExceptionsCard
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, settle, until, workplace
from tests.ui.finding import button, field, open_dialog, says

ADDRESS = "Address or network that is never judged"


@asynccontextmanager
async def card_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[ExceptionsCard, Workplace]]:
    async with workplace(tmp_path, appearance) as place:
        card = ExceptionsCard(place.desk)
        qtbot.addWidget(card)
        place.desk.bridge.rules_changed.connect(card.follow)
        card.follow()
        card.show()
        yield card, place


async def test_an_exception_is_added_removed_and_put_back(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        offered: list[object] = []
        place.desk.actions.undo_offered.connect(lambda _words, undo: offered.append(undo))
        configured = card.table.rows.total
        field(card, ADDRESS).setText("198.51.100.0/24")
        field(card, "Note").setText("a friend")
        button(card, "Add").click()
        await until(lambda: card.table.rows.total == configured + 1)
        assert card.table.rows.rows()[0].note == "a friend"

        card.table.select_keys([card.table.rows.key_at(0)])
        qtbot.keyClick(card.table, Qt.Key.Key_Delete)
        await until(lambda: card.table.rows.total == configured)
        await until(lambda: offered)
        undo = offered[0]
        assert callable(undo)
        undo()
        await until(lambda: card.table.rows.total == configured + 1)


async def test_an_exception_may_have_an_end(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        until_when = card.findChild(QComboBox)
        assert isinstance(until_when, QComboBox)
        until_when.setCurrentText("1 hour")
        field(card, ADDRESS).setText("198.51.100.7")
        button(card, "Add").click()
        exceptions = place.core.exceptions
        await until(lambda: any(not entry.configured for entry in exceptions.entries()))

        assert exceptions.entries()[-1].until == place.clock() + 3_600_000


async def test_those_of_the_settings_cannot_be_removed_here(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        card.table.select_keys([card.table.rows.key_at(0)])
        card.remove_selected()
        await settle()

        assert not button(card, "Remove the selected ones of yours").isEnabled()
        assert card.table.rows.total == len(place.core.exceptions.entries()) > 0


async def test_what_is_no_address_is_refused_in_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, _place):
        field(card, ADDRESS).setText("friend")
        button(card, "Add").click()

        assert says(card, "“friend” is no IP address")
        assert field(card, ADDRESS).text() == "friend"


async def test_other_kinds_are_made_in_a_dialog_and_edited_by_a_double_click(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with card_over(tmp_path, appearance, qtbot) as (card, place):
        configured = card.table.rows.total
        button(card, "More kinds…").click()
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        field(dialog, "Client begins with").setText("qBit")
        button(dialog, "Add").click()
        await until(lambda: card.table.rows.total == configured + 1)

        card.table.opened.emit(place.core.exceptions.entries()[-1].id)
        await until(open_dialog)
        dialog = open_dialog()
        assert dialog is not None
        assert field(dialog, "Client begins with").text() == "qBit"
        dialog.reject()

        card.table.opened.emit(place.core.exceptions.entries()[0].id)
        await settle()
        assert open_dialog() is None
