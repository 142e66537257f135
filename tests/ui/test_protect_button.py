"""The button in the header says whether peers are watched, and its menu offers what fits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.format import clock
from app.ui.protect_button import ProtectButton, pause_menu
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, choose, popup, until, workplace


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, ProtectButton]]:
    async with workplace(tmp_path, appearance) as place:
        made = ProtectButton(place.desk)
        qtbot.addWidget(made)
        made.show()
        yield place, made


def _offers(place: Workplace) -> list[str]:
    menu = QMenu()
    pause_menu(place.desk, menu)
    return [action.text() for action in menu.actions()]


async def test_a_pause_for_a_while_says_when_it_ends(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, button):
        assert button.accessibleName() == "Protecting"
        assert button.toolTip() == "Peers are watched and judged. Ctrl+P pauses."
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        choose(popup(), "Pause for 1 h")

        await until(lambda: place.core.downloaders.paused)
        end = clock(place.clock.now + 60 * 60_000)
        await until(lambda: button.accessibleName() == f"Paused until {end}")
        assert button.toolTip() == "Nobody is judged; bans stay. Ctrl+P resumes."


async def test_a_pause_without_an_end_is_just_a_pause(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, button):
        await place.core.downloaders.pause_all()

        assert button.accessibleName() == "Paused"


async def test_a_pause_that_ends_by_itself_is_seen(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, button):
        await place.core.downloaders.pause_all(until=place.clock.now + 1)
        place.clock.now += 1
        await place.core.downloaders.resume_when_due()

        assert button.accessibleName() == "Protecting"


async def test_the_menu_offers_what_can_be_done_now(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, _button):
        assert _offers(place) == ["Pause for 10 min", "Pause for 1 h", "Pause until I resume"]

        await place.core.downloaders.pause_all()
        assert _offers(place) == ["Resume"]


async def test_the_menu_is_made_anew_each_time(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, button):
        await place.core.downloaders.pause_all()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        choose(popup(), "Resume")
        await until(lambda: button.accessibleName() == "Protecting")

        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert len(popup().actions()) == 3
        popup().close()
