"""What a user does on the Peers page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.services.errors import Unreachable
from app.ui.peers.page import PeersPage
from app.ui.theme import Appearance
from tests.ui.fakes import HONEST, LEECHER, peer, settle, torrent, until, workplace
from tests.ui.peers.opened import open_page, select, shown


async def test_takers_stand_first_and_a_click_on_a_header_sorts(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (_place, page):
        assert shown(page) == [LEECHER, HONEST, "198.51.100.9"]

        header = page.table.header
        column = page.table.rows.column_of("address")
        place = QPoint(header.sectionViewportPosition(column) + 20, 8)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

        assert shown(page) == [HONEST, "198.51.100.9", LEECHER]


async def test_typing_filters_by_any_word_and_escape_clears(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (_place, page):
        field = page.findChild(QLineEdit)
        assert field is not None
        qtbot.keyClicks(field, "XUNFENG ubuntu")
        assert shown(page) == [LEECHER]

        qtbot.keyClick(field, Qt.Key.Key_Escape)
        qtbot.keyClicks(field, "198.51.100.0/24")
        assert shown(page) == ["198.51.100.9"]


async def test_the_quick_filters_count_and_filter(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (_place, page):
        page.look_for("banned")
        assert shown(page) == [LEECHER]

        page.look_for("taking")
        assert shown(page) == [LEECHER, HONEST]


async def test_choosing_a_peer_says_why(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        select(page, LEECHER)

        assert page.details.words == "Peer ID “-XF9990-”; banned: starts with “-xf”"
        lines = {line.rule: line for line in page.details.trace.rows.rows()}
        assert {"Exceptions", "Address list", "Peer ID", "Client name"} <= lines.keys()
        assert lines["Peer ID"].answer == "Ban 3 d"
        assert lines["Peer ID"].saw == "-XF9990-"
        assert lines["Address list"].saw == f"{LEECHER}:51413"
        assert page.details.facts.value("sent") == "9.00 GiB / 4.00 GiB"
        await place.sweep()
        await until(lambda: "still connected" in page.details.facts.value("enforced"))

        select(page, HONEST)
        assert page.details.words == "Passed all rules"


async def test_the_order_is_held_while_a_row_is_selected(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        select(page, HONEST)
        before = shown(page)
        place.downloaders["qb"].show(
            torrent(2), peer("192.0.2.200", uploaded=90 << 30, up=1), peer("192.0.2.201")
        )
        await place.sweep()
        await until(lambda: page.table.rows.waiting == 2)
        assert shown(page) == before

        page.table.clearSelection()
        await settle()
        assert shown(page)[0] == "192.0.2.200"


async def test_rows_of_a_silent_downloader_stay_and_say_from_when_they_are(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
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
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        await place.core.downloaders.pause_all()
        assert page.remark is not None
        assert page.table.rows.shown == 3

        place.downloaders["qb"].show(torrent(1), peer(HONEST))
        await place.core.downloaders.resume_all()
        await until(lambda: shown(page) == [HONEST])


async def test_a_removed_downloader_takes_its_peers_along(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        await place.core.downloaders.remove("qb")
        await until(lambda: page.table.rows.shown == 0)


async def test_a_hidden_page_catches_up_when_it_is_shown(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
        counts: list[str] = []
        page.count_changed.connect(counts.append)
        page.hide()
        place.downloaders["qb"].show(torrent(1), peer(HONEST))
        await place.sweep()
        await until(lambda: counts and counts[-1] == "1")
        assert page.table.rows.shown == 3

        page.show()
        await until(lambda: shown(page) == [HONEST])


async def test_what_the_user_made_of_the_columns_is_remembered(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with open_page(qtbot, tmp_path, appearance) as (place, page):
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
