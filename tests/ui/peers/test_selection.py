"""What a user does with the peers selected: by menu, by letter, by button."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.ban import FOREVER
from app.ui.delegates import Mark
from app.ui.theme import Appearance
from tests.ui.fakes import HONEST, LEECHER, choose, popup, until
from tests.ui.peers.opened import mark_at, open_page, select, shown

_BANNED = ip_network(LEECHER)


async def test_a_ban_by_context_menu_is_shown_at_once_and_can_be_undone(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        offered = []
        place.desk.actions.undo_offered.connect(lambda words, undo: offered.append((words, undo)))
        select(page, HONEST)
        page.table.menu_wanted.emit(QPoint(10, 10), page.table.selected_keys())
        choose(popup(), "Ban", "This address", "For ever")

        await until(lambda: offered)
        ban = place.core.ban_list.get(ip_network(HONEST))
        assert ban is not None
        assert ban.until - ban.since == FOREVER
        assert offered[0][0] == f"Banned {HONEST}: for ever."
        await until(lambda: mark_at(page, HONEST) is Mark.BANNED)

        offered[0][1]()
        await until(lambda: place.core.ban_list.get(ip_network(HONEST)) is None)
        await until(lambda: mark_at(page, HONEST) is Mark.PASS)


async def test_a_block_says_whom_it_covers_before_it_is_banned(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        select(page, HONEST)
        page.table.menu_wanted.emit(QPoint(10, 10), page.table.selected_keys())
        choose(popup(), "Ban", "192.0.2.0/24, covers 1 peer you see now", "For 1 day")

        block = ip_network("192.0.2.0/24")
        await until(lambda: place.core.ban_list.get(block))
        ban = place.core.ban_list.get(block)
        assert ban is not None
        assert ban.until - ban.since == 24 * 3600 * 1000


async def test_undoing_a_rules_ban_and_excepting_keeps_it_undone(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        select(page, LEECHER)
        page.table.menu_wanted.emit(QPoint(10, 10), page.table.selected_keys())
        choose(popup(), "Unban and never judge again", "For ever")
        await until(lambda: place.core.ban_list.get(_BANNED) is None)

        await place.sweep()
        await until(lambda: mark_at(page, LEECHER) is Mark.EXEMPT)
        assert place.core.ban_list.get(_BANNED) is None


async def test_letters_act_on_the_selected_peer(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        select(page, LEECHER)
        qtbot.keyClick(page.table, Qt.Key.Key_U)
        await until(lambda: place.core.ban_list.get(_BANNED) is None)

        select(page, HONEST)
        qtbot.keyClick(page.table, Qt.Key.Key_B)
        await until(lambda: place.core.ban_list.get(ip_network(HONEST)))

        qtbot.keyClick(page.table, Qt.Key.Key_C)
        assert shown(page) == [HONEST]


async def test_evidence_holds_the_whole_trace(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (_place, page):
        select(page, LEECHER)
        page.details.evidence_pressed.emit()

        text = QApplication.clipboard().text()
        assert f"Address: {LEECHER}:51413" in text
        assert "Peer ID: -XF9990- / 16 patterns → Ban 3 d" in text
