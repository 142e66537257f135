"""What a user does on the Log page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.ui.log.page import LogPage
from app.ui.table import TableView
from app.ui.theme import Appearance
from tests.ui.fakes import settle, until, workplace
from tests.ui.finding import button


@asynccontextmanager
async def page_over(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> AsyncIterator[tuple[LogPage, logging.Logger]]:
    async with workplace(tmp_path, appearance) as place:
        page = LogPage(place.desk)
        qtbot.addWidget(page)
        page.resize(900, 300)
        page.show()
        log = logging.Logger("app.test")  # noqa: LOG001 - of its own, so that no test hears another's
        log.addHandler(place.core.log_ring)
        yield page, log
        page.hide()


def table(page: LogPage) -> TableView[object, object]:
    found = page.findChild(TableView)
    assert isinstance(found, TableView)
    return found


async def test_it_follows_the_newest_line_only_while_that_is_in_sight(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, log):
        for number in range(100):
            log.info("line %d", number)
        await until(lambda: table(page).rows.total == 100)
        await until(lambda: page.at_end)

        table(page).verticalScrollBar().setValue(0)
        log.info("one more")
        await until(lambda: table(page).rows.total == 101)
        await settle()
        assert table(page).verticalScrollBar().value() == 0

        table(page).scrollToBottom()
        log.info("and one")
        await until(lambda: table(page).rows.total == 102)
        await until(lambda: page.at_end)


async def test_it_keeps_two_thousand_lines(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, log):
        for number in range(1_500):
            log.info("line %d", number)
        await until(lambda: table(page).rows.total == 1_500)
        for number in range(1_500, 3_000):
            log.info("line %d", number)
        await until(lambda: table(page).rows.total == 2_000)

        assert table(page).rows.cell(0, 3)[0] == "line 1000"


async def test_the_filter_leaves_what_is_looked_for(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, log):
        log.info("all is well")
        log.warning("NAS does not answer")
        log.warning("Home does not answer")
        await until(lambda: table(page).rows.total == 3)
        button(page, "Warnings 2").click()
        assert table(page).rows.shown == 2

        page.look_for("nas")
        assert table(page).rows.shown == 1
        assert page.saved()["level"] == "warning"


async def test_lines_are_copied_whole(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    async with page_over(tmp_path, appearance, qtbot) as (page, log):
        log.info("first")
        log.info("second\nwith more")
        await until(lambda: table(page).rows.total == 2)
        table(page).select_keys([2])
        button(page, "Copy").click()
        text = QGuiApplication.clipboard().text()

        assert text.endswith("Info app.test: second\nwith more")
        assert "first" not in text
