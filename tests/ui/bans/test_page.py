"""What a user does on the Bans page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.address import Prefix
from app.services.rule_set import ORDER
from app.ui.bans.ban_dialog import BanDialog
from app.ui.bans.exporting import write_list
from app.ui.bans.page import BansPage
from app.ui.theme import Appearance
from tests.ui.fakes import LEECHER, Workplace, choose, popup, settle, swarm, until, workplace

_BANNED = ip_network(LEECHER)
_HOUR = 3_600_000


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, BansPage]]:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = BansPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 720)
        page.show()
        await until(lambda: page.table.rows.shown == 1)
        yield place, page


def _cell(page: BansPage, prefix: Prefix, column: str) -> str:
    rows = page.table.rows
    return rows.cell(rows.row_of(prefix), rows.column_of(column))[0]


async def test_a_ban_says_why_and_how_far_it_has_come(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        await until(lambda: _cell(page, _BANNED, "enforced") == "Waiting")
        assert _cell(page, _BANNED, "rule") == "Peer ID"
        assert _cell(page, _BANNED, "took") == "9.00 GiB"
        assert _cell(page, _BANNED, "left") == "3 d 0 h"

        page.table.select_keys([_BANNED])
        assert page.details.words == "Peer ID “-XF9990-”; banned: starts with “-xf”"
        assert len(page.details.trace.lines) == 2 + len(ORDER)

        await place.sweep()
        await until(lambda: _cell(page, _BANNED, "enforced") == "Still there")

        place.downloaders["qb"].obeys = True
        await place.sweep()
        await until(lambda: _cell(page, _BANNED, "enforced") == "Confirmed")


async def test_what_is_left_goes_down_by_itself(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        place.clock.now += _HOUR
        await until(lambda: _cell(page, _BANNED, "left") == "2 d 23 h")
        assert _cell(page, _BANNED, "since") == "1 h 00 min"


async def test_an_unban_can_be_undone_with_the_same_end(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        offered = []
        place.desk.actions.undo_offered.connect(lambda words, undo: offered.append((words, undo)))
        before = place.core.ban_list.get(_BANNED)
        page.table.select_keys([_BANNED])
        qtbot.keyClick(page.table, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: page.table.rows.shown == 0)
        assert offered[0][0] == f"Unbanned {LEECHER}."

        offered[0][1]()
        await until(lambda: page.table.rows.shown == 1)
        assert place.core.ban_list.get(_BANNED) == before


async def test_undoing_the_ban_of_a_rule_keeps_it_undone(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        page.table.select_keys([_BANNED])
        qtbot.keyClick(page.table, Qt.Key.Key_U)
        await until(lambda: page.table.rows.shown == 0)
        await place.sweep()
        await place.sweep()
        assert place.core.ban_list.get(_BANNED) is None


async def test_unban_and_except_from_the_menu_can_be_undone_in_one_go(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        offered = []
        place.desk.actions.undo_offered.connect(lambda words, undo: offered.append((words, undo)))
        configured = len(place.core.exceptions.entries())
        page.table.menu_wanted.emit(QPoint(5, 5), (_BANNED,))
        choose(popup(), "Unban and never judge again", "1 hour")
        await until(lambda: offered)
        assert offered[0][0] == f"{LEECHER} will not be judged again for 1 hour."
        assert len(place.core.exceptions.entries()) == configured + 1
        assert place.core.ban_list.get(_BANNED) is None

        offered[0][1]()
        await until(lambda: place.core.ban_list.get(_BANNED) is not None)
        assert len(place.core.exceptions.entries()) == configured


async def test_another_duration_counts_from_now(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        page.table.menu_wanted.emit(QPoint(5, 5), (_BANNED,))
        choose(popup(), "Change duration", "For ever")
        await until(lambda: _cell(page, _BANNED, "left") == "for ever")


async def test_a_pasted_list_is_banned_with_its_note(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        page.ban_address()
        await until(lambda: isinstance(QApplication.activeModalWidget(), BanDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, BanDialog)
        dialog.addresses.setPlainText("192.0.2.7:6881, 198.51.100.3/24 # farm\n2001:db8::/56")
        dialog.note.setText("farm")
        qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)

        await until(lambda: page.table.rows.shown == 4)
        assert QApplication.activeModalWidget() is None
        assert _cell(page, ip_network("198.51.100.0/24"), "reason") == "Banned by you: “farm”"
        assert place.core.ban_list.get(ip_network("192.0.2.7")) is not None


async def test_what_is_no_address_stays_in_the_dialog_with_a_reason(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        dialog = BanDialog(place.desk, page)
        dialog.show()
        dialog.addresses.setPlainText("192.0.2.7 1.2.3 example.org")
        dialog.start()
        assert dialog.error == "These are no addresses: 1.2.3, example.org"

        dialog.addresses.setPlainText("127.0.0.1")
        dialog.start()
        await until(lambda: dialog.error)
        assert dialog.error == "127.0.0.1 is not banned. This is your own computer."
        assert dialog.isVisible()
        assert len(place.core.ban_list) == 1


async def test_the_history_keeps_what_was_undone_and_turns_its_pages(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        await place.core.bans.unban([_BANNED])
        await place.core.bans.ban([ip_network(f"192.0.2.{n}") for n in range(120)])
        page.look_for("history")
        rows = page.history.table.rows
        await until(lambda: rows.shown == 100)
        assert page.history.total == 121

        page.history.turn(1)
        await until(lambda: rows.shown == 21)
        ended = rows.cell(20, rows.column_of("ended"))[0]
        assert ended.startswith("undone ")

        page.history.turn(1)
        await settle()
        assert rows.shown == 21


async def test_the_list_is_written_to_a_file_or_the_reason_why_not_is_said(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, _page):
        said = []
        place.desk.actions.notice_wanted.connect(lambda words, tone: said.append((words, tone)))
        await write_list(place.desk, "ip", tmp_path / "list.txt")
        assert LEECHER in (tmp_path / "list.txt").read_text("utf-8")
        assert said[0][1] == "good"

        await write_list(place.desk, "ip", tmp_path / "missing" / "list.txt")
        assert said[1][1] == "bad"
        assert "No such file or directory" in said[1][0]


async def test_the_filter_finds_reasons(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        field = page.findChild(QLineEdit)
        assert field is not None
        qtbot.keyClicks(field, "starts with ubuntu")
        assert page.table.rows.shown == 1
        qtbot.keyClicks(field, "x9")
        assert page.table.rows.shown == 0
