"""The tray says how things are, does the few things one needs, and minds the closed window."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.domain.reason import Text
from app.services.errors import Unreachable
from app.ui.main_window import MainWindow
from app.ui.pages import MORE, TABBED
from app.ui.theme import Appearance
from app.ui.tray import Tray
from app.ui.tray_icon import TrayState
from tests.ui.fakes import LEECHER, Workplace, swarm, until, workplace

# Only the offscreen platform has no native tray to listen to.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)


@dataclass
class Scene:
    place: Workplace
    window: MainWindow
    tray: Tray

    def action(self, *names: str) -> QAction:
        """An entry of the menu, by the way to it."""
        self.tray.follow()
        menu: QMenu = self.tray.menu
        for name in names[:-1]:
            inner = next(a for a in menu.actions() if a.text().startswith(name)).menu()
            assert isinstance(inner, QMenu)
            menu = inner
        return next(a for a in menu.actions() if a.text().startswith(names[-1]))

    @property
    def icon(self) -> QSystemTrayIcon | None:
        found = self.tray.findChildren(QSystemTrayIcon)
        return found[-1] if found else None


class Host:
    """Whether this desktop has a tray."""

    def __init__(self, *, there: bool = True) -> None:
        self.there = there

    def __call__(self) -> bool:
        return self.there


@asynccontextmanager
async def scene(
    tmp_path: Path,
    appearance: Appearance,
    qtbot: QtBot,
    *names: str,
    host: Host | None = None,
) -> AsyncIterator[Scene]:
    scripted = {name: swarm() for name in names}
    async with workplace(tmp_path, appearance, *names, downloaders=scripted) as place:
        desk = place.desk
        tabbed, more = ([kind(desk) for kind in kinds] for kinds in (TABBED, MORE))
        window = MainWindow(desk, tabbed, more, api_url=None)
        qtbot.addWidget(window)
        tray = Tray(desk, window, available=host or Host())
        window.show()
        yield Scene(place, window, tray)
        tray.close()
        window.hide()


async def test_the_menu_says_how_things_are(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot, "Home") as the:
        await until(lambda: len(the.place.core.ban_list) == 1)
        await the.place.sweep()

        assert the.action("Protected").text() == "Protected, 1 of 1 downloader"
        assert the.action("↑").text() == "↑ –, 1 ban today"
        assert the.tray.state is TrayState.PROTECTING
        assert the.icon is not None
        assert the.icon.toolTip() == "Protected, 1 of 1 downloader, 1 ban today"


async def test_a_ban_is_undone_from_the_menu(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot, "Home") as the:
        await until(lambda: len(the.place.core.ban_list) == 1)
        the.place.downloaders["Home"].torrents.clear()
        await the.place.sweep()
        the.action("Latest bans", LEECHER, "Undo the ban").trigger()
        await until(lambda: len(the.place.core.ban_list) == 0)

        assert not the.action("Latest bans").isEnabled()


async def test_it_pauses_and_resumes(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    async with scene(tmp_path, appearance, qtbot, "Home") as the:
        the.action("Pause", "Pause until I resume").trigger()
        await until(lambda: the.place.core.downloaders.paused)
        assert the.tray.state is TrayState.PAUSED
        assert the.action("Paused").text() == "Paused"
        assert not the.tray.menu.actions()[5].isVisible()

        the.action("Resume").trigger()
        await until(lambda: not the.place.core.downloaders.paused)


async def test_trouble_changes_the_icon(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot, "Home") as the:
        the.place.downloaders["Home"].error = Unreachable(Text("no-answer-in-time"))
        the.place.core.downloaders.sweep_now()
        await until(lambda: the.tray.state is TrayState.NEEDS_YOU)


async def test_without_a_downloader_it_is_idle(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot) as the:
        assert the.tray.state is TrayState.IDLE
        assert the.action("No downloader yet").isEnabled() is False


async def test_closing_the_window_hides_it_and_says_so_once(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _icon, _title, words, *_rest: said.append(words)
    )
    async with scene(tmp_path, appearance, qtbot) as the:
        the.window.close()
        assert not the.window.isVisible()
        the.action("Open PeerWarden").trigger()
        assert the.window.isVisible()
        the.window.close()

        assert [words for words in said if "still running" in words] == said
        assert len(said) == 1


async def test_without_a_tray_closing_minimises(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot, host=Host(there=False)) as the:
        notices: list[str] = []
        the.place.desk.actions.notice_wanted.connect(lambda words, _tone: notices.append(words))
        the.window.close()
        assert the.window.isMinimized()
        the.window.bring_up()
        the.window.close()

        assert len(notices) == 1
        assert "no tray" in notices[0]


async def test_closing_quits_when_the_user_wants_no_tray(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot) as the:
        await the.place.core.settings.change("config.yml", {("desktop", "close-to-tray"): False})
        with qtbot.waitSignal(the.window.quit_wanted, timeout=1000):
            the.window.close()


async def test_the_icon_is_made_again_when_the_tray_comes_back(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    host = Host()
    async with scene(tmp_path, appearance, qtbot, host=host) as the:
        first = the.icon
        host.there = False
        the.tray._look()  # noqa: SLF001 - what its timer calls
        host.there = True
        the.tray._look()  # noqa: SLF001 - the same

        assert the.icon is not None
        assert the.icon is not first
        assert the.icon.isVisible()


async def test_a_click_on_a_notification_opens_its_page(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _icon, _title, words, *_rest: said.append(words)
    )
    async with scene(tmp_path, appearance, qtbot, "Home") as the:
        await until(lambda: said)
        the.window.open_page("rules")
        assert the.icon is not None
        the.icon.messageClicked.emit()

        assert said[0].startswith(f"Banned {LEECHER}")
        assert the.window.page.key == "bans"


async def test_a_left_click_opens_the_window(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with scene(tmp_path, appearance, qtbot) as the:
        the.window.hide()
        assert the.icon is not None
        the.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)

        assert the.window.isVisible()


async def test_it_starts_in_the_tray_or_minimised(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    host = Host()
    async with scene(tmp_path, appearance, qtbot, host=host) as the:
        the.window.hide()
        the.tray.start_minimized()
        assert not the.window.isVisible()
        host.there = False
        the.tray._look()  # noqa: SLF001 - what its timer calls
        the.tray.start_minimized()

        assert the.window.isMinimized()
