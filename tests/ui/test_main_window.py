"""What the frame does for its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.locale import _
from app.services.events import AlertRaised
from app.ui.bans.page import BansPage
from app.ui.desk import Desk
from app.ui.main_window import MainWindow
from app.ui.notices import Notices
from app.ui.page import Page
from app.ui.peers.page import PeersPage
from app.ui.protect_button import ProtectButton
from app.ui.remembered import Remembered
from app.ui.status_line import StatusLine
from app.ui.theme import Appearance
from app.ui.torrents.page import TorrentsPage
from app.ui.widgets import IconButton, TabBar, UndoBar
from tests.ui.fakes import HONEST, LEECHER, Workplace, choose, popup, swarm, until, workplace


class _Log(Page):
    key = "log"
    icon = "scroll-text"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _("Log"))


def _window(desk: Desk) -> MainWindow:
    pages = [TorrentsPage(desk), PeersPage(desk), BansPage(desk)]
    return MainWindow(desk, pages, [_Log(desk)], api_url="http://127.0.0.1:9898")


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, MainWindow]]:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        window = _window(place.desk)
        window.close_wanted.connect(window.hide)
        qtbot.addWidget(window)
        window.show()
        await until(lambda: place.core.statistics.sweeps)
        yield place, window


def _peers(window: MainWindow) -> PeersPage:
    window.open_page("peers")
    page = window.page
    assert isinstance(page, PeersPage)
    return page


async def test_tabs_show_counts_and_lead_to_pages(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, window):
        tabs = window.findChild(TabBar)
        assert tabs is not None
        await until(lambda: tabs.accessibleTabName(1) == "Peers, 3")
        await until(lambda: tabs.accessibleTabName(2) == "Bans, 1")

        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
        assert window.page.key == "bans"
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.page.key == "torrents"
        qtbot.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        assert window.page.key == "peers"


async def test_a_tab_counts_what_was_there_before_the_window(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance) as place:
        await place.core.bans.ban([ip_network(LEECHER)])
        window = _window(place.desk)
        qtbot.addWidget(window)
        tabs = window.findChild(TabBar)
        assert tabs is not None
        assert tabs.accessibleTabName(2) == "Bans, 1"


async def test_the_current_tab_leads_back_from_a_page_of_the_menu(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, window):
        window.open_page("log")
        assert window.page.key == "log"
        tabs = window.findChild(TabBar)
        assert tabs is not None
        current = tabs.tabRect(tabs.currentIndex()).center()
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=current)
        assert window.page.key == "peers"


async def test_ctrl_z_undoes_the_last_action(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        page = _peers(window)
        await until(lambda: page.table.rows.shown == 3)
        honest = next(k for k in page.table.rows.keys() if str(k.endpoint.ip) == HONEST)  # noqa: SIM118 - no dict
        page.table.select_keys([honest])
        qtbot.keyClick(page.table, Qt.Key.Key_B)
        bar = window.findChild(UndoBar)
        assert bar is not None
        await until(bar.isVisible)
        assert bar.accessibleName() == f"Banned {HONEST}: 14 days."

        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: place.core.ban_list.get(ip_network(HONEST)) is None)
        assert not bar.isVisible()


async def test_a_failed_command_is_said_and_the_next_success_ends_it(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        notices = window.findChild(Notices)
        assert notices is not None
        await until(lambda: place.core.ban_list.get(ip_network(LEECHER)))
        place.store.fails = True
        place.desk.actions.unban([ip_network(LEECHER)])
        await until(lambda: _said(notices) == "The database refused: disk full")

        place.store.fails = False
        place.desk.actions.unban([ip_network(LEECHER)])
        await until(lambda: not _said(notices))


async def test_an_alert_stays_until_it_is_dismissed(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        text = Text("storage-failed", {"detail": "moved aside"})
        place.core.bus.publish(AlertRaised(kind="storage", text=text, severe=True))
        notices = window.findChild(Notices)
        assert notices is not None
        assert _said(notices) == "The database refused: moved aside"
        cross = notices.findChild(IconButton)
        assert cross is not None
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
        assert _said(notices) == ""
        assert place.core.alerts.entries() == ()


async def test_the_protect_button_pauses_and_resumes(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        button = window.findChild(ProtectButton)
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        choose(popup(), "Pause for 10 min")
        await until(lambda: button.accessibleName().startswith("Paused until "))
        notices = window.findChild(Notices)
        assert notices is not None
        assert _said(notices).startswith("Paused.")

        window.activateWindow()
        await until(window.isActiveWindow)
        qtbot.keyClick(window.page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: button.accessibleName() == "Protecting")
        assert not place.core.downloaders.paused


async def test_the_status_line_says_who_answers_and_leads_there(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        line = window.findChild(StatusLine)
        assert line is not None

        def said() -> list[str]:
            return [part.accessibleName() for part in line.findChildren(QPushButton)]

        await until(lambda: "1 of 1 downloader answers" in said())
        assert "API on port 9898" in said()
        wanted = []
        place.desk.actions.page_wanted.connect(lambda *what: wanted.append(what))
        line.findChildren(QPushButton)[0].click()
        assert wanted == [("downloaders", "")]


async def test_closing_only_says_so(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance) as place:
        window = _window(place.desk)
        qtbot.addWidget(window)
        window.show()
        asked = []
        window.close_wanted.connect(lambda: asked.append(True))
        window.close()
        assert asked == [True]
        assert window.isVisible()


async def test_place_tab_and_columns_are_there_again_after_a_restart(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, window):
        window.resize(960, 700)
        _peers(window).table.rows.sort_by("client")
        window.open_page("bans")
        window.remember()
        place.desk.remembered.save()

        again = Remembered(place.core.data_dir)
        assert again.area("page.peers")["table"]["sort"] == "client"
        other = _window(place.desk)
        qtbot.addWidget(other)
        assert other.page.key == "bans"
        assert other.height() == 700
        assert _peers(other).table.rows.sorted_by == ("client", False)


async def test_a_page_that_nobody_looked_at_stays_as_it_was_remembered(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        remembered = place.desk.remembered
        remembered.put("page.peers", {"split": [300, 200]})
        remembered.put("window", {"tab": "bans"})
        window = _window(place.desk)
        qtbot.addWidget(window)
        window.show()
        window.remember()
        assert remembered.area("page.peers") == {"split": [300, 200]}
        _peers(window)
        window.remember()
        assert "table" in remembered.area("page.peers")


async def test_every_button_has_a_name(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, window):
        nameless = [
            button
            for button in window.findChildren(QPushButton)
            if not button.accessibleName() and not button.text() and button.isVisible()
        ]
        assert nameless == []
        assert all(label.textFormat() == Qt.TextFormat.PlainText for label in _labels(window))


def _labels(window: MainWindow) -> list[QLabel]:
    return [label for label in window.findChildren(QLabel) if label.text()]


def _said(notices: Notices) -> str:
    return "" if notices.shown is None else notices.shown.words
