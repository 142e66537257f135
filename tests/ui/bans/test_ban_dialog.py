"""Banning by hand: what is typed is counted, checked, banned once, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.domain.address import parse_prefix
from app.locale.texts import say
from app.ui.bans.ban_dialog import BanDialog
from app.ui.theme import Appearance
from tests.ui.fakes import DAY, Workplace, until, workplace
from tests.ui.finding import button, says

ONE = parse_prefix("192.0.2.7")


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, text: str = ""
) -> AsyncIterator[tuple[Workplace, BanDialog]]:
    async with workplace(tmp_path, appearance) as place:
        dialog = BanDialog(place.desk, text=text)
        qtbot.addWidget(dialog)
        dialog.show()
        yield place, dialog


async def test_it_counts_what_can_be_read(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, dialog):
        dialog.addresses.setPlainText("192.0.2.7")
        assert says(dialog, "1 address or network")

        dialog.addresses.setPlainText("192.0.2.7, 192.0.2.0/24, 192.0.2.7, 1.2.3")
        assert says(dialog, "2 addresses and networks")

        dialog.addresses.setPlainText("")
        assert not says(dialog, "address or network")


async def test_nothing_typed_is_said(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    async with _open(qtbot, tmp_path, appearance, "# only a remark") as (place, dialog):
        dialog.start()

        assert dialog.error == "At least one address is needed."
        assert len(place.core.ban_list) == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1.2.3", "This is no address: 1.2.3"),
        ("192.0.2.7 a b", "These are no addresses: a, b"),
        ("a b c d e f g", "These are no addresses: a, b, c, d, e … (+2)"),
    ],
)
async def test_what_is_no_address_is_named_until_something_else_is_typed(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, text: str, error: str
) -> None:
    async with _open(qtbot, tmp_path, appearance, text) as (place, dialog):
        dialog.start()
        assert dialog.error == error
        assert says(dialog, error)
        assert len(place.core.ban_list) == 0

        qtbot.keyClicks(dialog.addresses, "x")
        assert dialog.error == ""


async def test_a_ban_by_hand_lasts_for_ever_unless_something_else_is_chosen(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, str(ONE)) as (place, dialog):
        offered = [dialog.lengths.itemText(place) for place in range(dialog.lengths.count())]
        assert offered == ["The rules' time (14 days)", "10 min", "1 hour", "1 day", "for ever"]
        assert dialog.lengths.currentText() == "for ever"

        dialog.lengths.setCurrentIndex(3)
        dialog.note.setText("  farm ")
        qtbot.mouseClick(button(dialog, "Ban"), Qt.MouseButton.LeftButton)
        await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
        ban = place.core.ban_list.get(ONE)
        assert ban is not None
        assert ban.until - ban.since == DAY
        assert say(ban.verdict.reason) == "Banned by you: “farm”"


async def test_pressing_ctrl_enter_twice_bans_once(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, str(ONE)) as (place, dialog):
        offered: list[str] = []
        place.desk.actions.undo_offered.connect(lambda words, _undo: offered.append(words))
        dialog.activateWindow()
        await until(dialog.isActiveWindow)
        for _press in range(2):
            qtbot.keyClick(dialog.addresses, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not dialog.isVisible())

        assert offered == ["Banned 192.0.2.7: for ever."]
        assert len(place.store.records) == 1


async def test_what_could_not_be_stored_can_be_tried_again(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, str(ONE)) as (place, dialog):
        place.store.fails = True
        dialog.start()
        await until(lambda: dialog.error)
        assert dialog.error == "The database refused: disk full"
        assert dialog.addresses.toPlainText() == str(ONE)

        place.store.fails = False
        qtbot.mouseClick(button(dialog, "Ban"), Qt.MouseButton.LeftButton)
        await until(lambda: not dialog.isVisible())
        assert place.core.ban_list.get(ONE) is not None


async def test_cancel_bans_nobody(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    async with _open(qtbot, tmp_path, appearance, str(ONE)) as (place, dialog):
        qtbot.mouseClick(button(dialog, "Cancel"), Qt.MouseButton.LeftButton)

        assert not dialog.isVisible()
        assert len(place.core.ban_list) == 0
