"""What every page does for the window around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot
from typing_extensions import override

from app.ui.desk import Desk
from app.ui.page import Page, Remark
from app.ui.theme import Appearance
from app.ui.widgets import Tone
from tests.ui.fakes import workplace

OFFLINE = Remark(Tone.WARN, "plug", "Offline.")


class Plain(Page):
    key = "plain"
    icon = "users"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Plain")
        self.seen: list[str] = []

    @override
    def on_shown(self) -> None:
        self.seen.append("shown")

    @override
    def on_hidden(self) -> None:
        self.seen.append("hidden")


@asynccontextmanager
async def _open(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> AsyncIterator[Plain]:
    async with workplace(tmp_path, appearance) as place:
        page = Plain(place.desk)
        qtbot.addWidget(page)
        yield page


async def test_a_count_is_there_also_for_who_comes_late(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        assert page.count == ""
        page.count_changed.emit("3")
        assert page.count == "3"


async def test_only_another_remark_is_announced(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        said: list[Remark | None] = []
        page.remark_changed.connect(lambda: said.append(page.remark))
        page.say(None)
        page.say(OFFLINE)
        page.say(Remark(Tone.WARN, "plug", "Offline.", (("Try now", list),)))
        page.say(None)

        assert said == [OFFLINE, None]


async def test_it_learns_when_it_comes_into_sight_and_goes(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        page.show()
        page.hide()

        assert page.seen == ["shown", "hidden"]


async def test_a_screen_reader_hears_its_name(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        assert page.accessibleName() == "Plain"


async def test_a_page_with_nothing_to_remember_takes_anything_back(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        assert page.saved() == {}
        page.restore({"table": 3})
