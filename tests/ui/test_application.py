"""The desktop as a whole: it starts, quits, and says why it cannot start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from app.domain.errors import AppError
from app.domain.reason import Text
from app.locale import current_language, set_language
from app.ui import application
from app.ui.bans.page import BansPage
from app.ui.main_window import MainWindow
from app.ui.remembered import Remembered
from tests.services.fakes import house
from tests.ui.fakes import swarm, until


def _window() -> MainWindow | None:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    return next((window for window in found if window.isVisible()), None)


async def test_the_window_shows_all_pages_until_the_user_quits(
    qtbot: QtBot, tmp_path: Path
) -> None:
    async with house(tmp_path, "qb", downloaders={"qb": swarm()}) as built:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(
                application.show(built.core, api_url=None, minimized=False, stop=stop)
            )
            await until(lambda: _window() is not None)
            window = _window()
            assert window is not None
            for key in (
                "downloaders",
                "torrents",
                "peers",
                "bans",
                "rules",
                "charts",
                "log",
                "settings",
            ):
                window.open_page(key)
                assert window.page.key == key
            window.open_page("rules")
            window.quit_wanted.emit()
        assert stop.is_set()
        assert _window() is None
        assert Remembered(built.core.data_dir).area("window")["tab"] == "rules"


async def test_quitting_closes_a_dialog_that_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    async with house(tmp_path) as built:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(
                application.show(built.core, api_url=None, minimized=False, stop=stop)
            )
            await until(lambda: _window() is not None)
            window = _window()
            assert window is not None
            window.open_page("bans")
            assert isinstance(window.page, BansPage)
            window.page.ban_address()
            await until(lambda: QApplication.activeModalWidget() is not None)
            stop.set()
        assert QApplication.activeModalWidget() is None


async def test_a_signal_ends_the_window_too(qtbot: QtBot, tmp_path: Path) -> None:
    async with house(tmp_path) as built:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(application.show(built.core, api_url=None, minimized=True, stop=stop))
            asyncio.get_running_loop().call_later(0.2, stop.set)


async def test_slots_speak_the_language_of_the_task(qtbot: QtBot, tmp_path: Path) -> None:
    heard: list[str] = []

    async with house(tmp_path) as built:
        stop = asyncio.Event()

        async def run() -> None:
            set_language("zh_CN")
            await application.show(built.core, api_url=None, minimized=False, stop=stop)

        async with asyncio.TaskGroup() as group:
            group.create_task(run())
            await until(lambda: _window() is not None, seconds=20)
            QTimer.singleShot(0, lambda: heard.append(current_language()))
            await until(lambda: heard)
            QTimer.singleShot(0, lambda: set_language("en"))
            stop.set()
    assert heard == ["zh_CN"]


def test_what_keeps_the_program_from_starting_is_shown(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []

    def close() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                said.extend(label.text() for label in widget.findChildren(QLabel))
                widget.accept()

    async def main() -> int:
        asyncio.get_running_loop().call_later(0.2, close)
        raise AppError(Text("storage-failed", {"detail": "disk full"}))

    assert application.run(main) == 1
    assert "The database refused: disk full" in said


def test_the_exit_code_is_that_of_the_program(qapp: QApplication) -> None:
    async def main() -> int:
        await asyncio.sleep(0)
        return 3

    assert application.run(main) == 3
