"""What a user sees and does on the Torrents page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.services.errors import Unreachable
from app.ui.theme import Appearance
from app.ui.torrents.page import TorrentsPage
from tests.ui.fakes import peer, swarm, torrent, until, workplace


def _cell(page: TorrentsPage, row: int, column: str) -> str:
    return page.table.rows.cell(row, page.table.rows.column_of(column))[0]


async def test_what_was_taken_before_bans_is_counted_per_torrent(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    downloader = swarm()
    downloader.show(torrent(2, name="debian.iso"), peer("192.0.2.55"))
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": downloader}) as place:
        page = TorrentsPage(place.desk)
        qtbot.addWidget(page)
        page.show()
        await until(lambda: page.table.rows.shown == 2)

        assert _cell(page, 0, "torrent") == "ubuntu-26.04-desktop-amd64.iso"
        assert _cell(page, 0, "taken") == "9.00 GiB"
        assert _cell(page, 0, "banned") == "1"
        assert _cell(page, 0, "ratio") == "3.0"
        assert _cell(page, 1, "taken") == "–"


async def test_enter_shows_its_peers(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = TorrentsPage(place.desk)
        qtbot.addWidget(page)
        page.show()
        await until(lambda: page.table.rows.shown == 1)
        wanted = []
        place.desk.actions.page_wanted.connect(lambda *what: wanted.append(what))
        page.table.setCurrentIndex(page.table.rows.index(0, 0))
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        assert wanted == [("peers", "ubuntu-26.04-desktop-amd64.iso")]


async def test_rows_of_a_silent_downloader_stay_faint(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = TorrentsPage(place.desk)
        qtbot.addWidget(page)
        page.show()
        await until(lambda: page.table.rows.shown == 1)
        place.downloaders["qb"].error = Unreachable("connection refused")
        place.core.downloaders.sweep_now()
        await until(lambda: page.remark is not None)
        assert page.table.rows.is_faint(0)

        await place.core.downloaders.remove("qb")
        await until(lambda: page.table.rows.shown == 0)


async def test_the_filter_finds_names(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = TorrentsPage(place.desk)
        qtbot.addWidget(page)
        page.show()
        await until(lambda: page.table.rows.shown == 1)
        field = page.findChild(QLineEdit)
        assert field is not None
        qtbot.keyClicks(field, "DEBIAN")
        assert page.table.rows.shown == 0
        qtbot.keyClick(field, Qt.Key.Key_Escape)
        assert page.table.rows.shown == 1
