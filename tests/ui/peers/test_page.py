"""What a user does on the Peers page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.ban import FOREVER
from app.services.errors import Unreachable
from app.services.events import PeerKey
from app.ui.delegates import Mark
from app.ui.peers.page import PeersPage
from app.ui.theme import Appearance
from tests.ui.fakes import (
    HONEST,
    LEECHER,
    Workplace,
    choose,
    peer,
    popup,
    settle,
    swarm,
    torrent,
    until,
    workplace,
)

_BANNED = ip_network(LEECHER)


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, PeersPage]]:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = PeersPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 720)
        page.show()
        await until(lambda: page.table.rows.shown == 3)
        yield place, page


def _key(page: PeersPage, address: str) -> PeerKey:
    keys = page.table.rows.keys()
    return next(key for key in keys if str(key.endpoint.ip) == address)


def _shown(page: PeersPage) -> list[str]:
    keys = page.table.rows.keys()
    return [str(key.endpoint.ip) for key in keys]


def _select(page: PeersPage, *addresses: str) -> None:
    page.table.select_keys([_key(page, address) for address in addresses])


def _mark(page: PeersPage, address: str) -> Mark:
    row = page.table.rows.row_of(_key(page, address))
    mark = page.table.rows.cell(row, 0)[1]
    assert isinstance(mark, Mark)
    return mark


async def test_takers_stand_first_and_a_click_on_a_header_sorts(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        assert _shown(page) == [LEECHER, HONEST, "198.51.100.9"]

        header = page.table.header
        column = page.table.rows.column_of("address")
        place = QPoint(header.sectionViewportPosition(column) + 20, 8)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

        assert _shown(page) == [HONEST, "198.51.100.9", LEECHER]


async def test_typing_filters_by_any_word_and_escape_clears(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        field = page.findChild(QLineEdit)
        assert field is not None
        qtbot.keyClicks(field, "XUNFENG ubuntu")
        assert _shown(page) == [LEECHER]

        qtbot.keyClick(field, Qt.Key.Key_Escape)
        qtbot.keyClicks(field, "198.51.100.0/24")
        assert _shown(page) == ["198.51.100.9"]


async def test_the_quick_filters_count_and_filter(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        page.look_for("banned")
        assert _shown(page) == [LEECHER]

        page.look_for("taking")
        assert _shown(page) == [LEECHER, HONEST]


async def test_choosing_a_peer_says_why(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        _select(page, LEECHER)

        assert page.details.words == "Peer ID “-XF9990-”; banned: starts with “-xf”"
        lines = {line.rule: line for line in page.details.trace.rows.rows()}
        assert {"Exceptions", "Address list", "Peer ID", "Client name"} <= lines.keys()
        assert lines["Peer ID"].answer == "Ban 3 d"
        assert lines["Peer ID"].saw == "-XF9990-"
        assert lines["Address list"].saw == f"{LEECHER}:51413"
        assert page.details.facts.value("sent") == "9.00 GiB / 4.00 GiB"
        await place.sweep()
        await until(lambda: "still connected" in page.details.facts.value("enforced"))

        _select(page, HONEST)
        assert page.details.words == "Passed all rules"


async def test_a_ban_by_context_menu_is_shown_at_once_and_can_be_undone(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        offered = []
        place.desk.actions.undo_offered.connect(lambda words, undo: offered.append((words, undo)))
        _select(page, HONEST)
        page.table.menu_wanted.emit(QPoint(10, 10), page.table.selected_keys())
        choose(popup(), "Ban", "This address", "For ever")

        await until(lambda: offered)
        ban = place.core.ban_list.get(ip_network(HONEST))
        assert ban is not None
        assert ban.until - ban.since == FOREVER
        assert offered[0][0] == f"Banned {HONEST}: for ever."
        await until(lambda: _mark(page, HONEST) is Mark.BANNED)

        offered[0][1]()
        await until(lambda: place.core.ban_list.get(ip_network(HONEST)) is None)
        await until(lambda: _mark(page, HONEST) is Mark.PASS)


async def test_a_block_says_whom_it_covers_before_it_is_banned(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        _select(page, HONEST)
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
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        _select(page, LEECHER)
        page.table.menu_wanted.emit(QPoint(10, 10), page.table.selected_keys())
        choose(popup(), "Unban and never judge again", "For ever")
        await until(lambda: place.core.ban_list.get(_BANNED) is None)

        await place.sweep()
        await until(lambda: _mark(page, LEECHER) is Mark.EXEMPT)
        assert place.core.ban_list.get(_BANNED) is None


async def test_letters_act_on_the_selected_peer(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        _select(page, LEECHER)
        qtbot.keyClick(page.table, Qt.Key.Key_U)
        await until(lambda: place.core.ban_list.get(_BANNED) is None)

        _select(page, HONEST)
        qtbot.keyClick(page.table, Qt.Key.Key_B)
        await until(lambda: place.core.ban_list.get(ip_network(HONEST)))

        qtbot.keyClick(page.table, Qt.Key.Key_C)
        assert _shown(page) == [HONEST]


async def test_evidence_holds_the_whole_trace(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, page):
        _select(page, LEECHER)
        page.details.evidence_pressed.emit()

        text = QApplication.clipboard().text()
        assert f"Address: {LEECHER}:51413" in text
        assert "Peer ID: -XF9990- / 16 patterns → Ban 3 d" in text


async def test_the_order_is_held_while_a_row_is_selected(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        _select(page, HONEST)
        before = _shown(page)
        place.downloaders["qb"].show(
            torrent(2), peer("192.0.2.200", uploaded=90 << 30, up=1), peer("192.0.2.201")
        )
        await place.sweep()
        await until(lambda: page.table.rows.waiting == 2)
        assert _shown(page) == before

        page.table.clearSelection()
        await settle()
        assert _shown(page)[0] == "192.0.2.200"


async def test_rows_of_a_silent_downloader_stay_and_say_from_when_they_are(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        place.downloaders["qb"].error = Unreachable("connection timed out")
        place.core.downloaders.sweep_now()
        await until(lambda: page.remark is not None)

        assert page.remark is not None
        assert "Does not answer: connection timed out" in page.remark.words
        assert "Its 3 peers below are as of" in page.remark.words
        assert page.table.rows.shown == 3
        assert page.table.rows.is_faint(0)

        place.downloaders["qb"].error = None
        page.remark.buttons[0][1]()
        await until(lambda: page.remark is None)
        assert not page.table.rows.is_faint(0)


async def test_peers_that_left_during_a_pause_are_gone_after_it(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        await place.core.downloaders.pause_all()
        assert page.remark is not None
        assert page.table.rows.shown == 3

        place.downloaders["qb"].show(torrent(1), peer(HONEST))
        await place.core.downloaders.resume_all()
        await until(lambda: _shown(page) == [HONEST])


async def test_a_removed_downloader_takes_its_peers_along(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        await place.core.downloaders.remove("qb")
        await until(lambda: page.table.rows.shown == 0)


async def test_a_hidden_page_catches_up_when_it_is_shown(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        counts: list[str] = []
        page.count_changed.connect(counts.append)
        page.hide()
        place.downloaders["qb"].show(torrent(1), peer(HONEST))
        await place.sweep()
        await until(lambda: counts and counts[-1] == "1")
        assert page.table.rows.shown == 3

        page.show()
        await until(lambda: _shown(page) == [HONEST])


async def test_what_the_user_made_of_the_columns_is_remembered(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, page):
        page.table.rows.sort_by("client")
        page.table.header.setSectionHidden(page.table.rows.column_of("port"), True)
        again = PeersPage(place.desk)
        qtbot.addWidget(again)
        again.restore(page.saved())

        assert again.table.rows.sorted_by == ("client", False)
        assert again.table.header.isSectionHidden(again.table.rows.column_of("port"))


@pytest.mark.parametrize("state", [{}, {"table": 3, "split": ["x"]}, {"table": {"columns": 1}}])
async def test_a_remembered_state_that_makes_no_sense_is_passed_over(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, state: dict[str, object]
) -> None:
    async with workplace(tmp_path, appearance) as place:
        page = PeersPage(place.desk)
        qtbot.addWidget(page)
        page.restore(state)
