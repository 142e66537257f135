"""The line at the foot says in few words how things are, and each part leads to its page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.snapshot import Snapshot
from app.services.errors import Unreachable
from app.services.events import Swept, Timings
from app.ui.status_line import StatusLine
from app.ui.theme import Appearance
from app.ui.widgets import StatusPart
from tests.services.fakes import NOW, HandClock, ScriptedDownloader
from tests.ui.fakes import Workplace, swarm, until, workplace


@asynccontextmanager
async def _open(
    qtbot: QtBot,
    tmp_path: Path,
    appearance: Appearance,
    downloaders: dict[str, ScriptedDownloader] | None = None,
    url: str | None = None,
) -> AsyncIterator[tuple[Workplace, StatusLine]]:
    known = downloaders or {}
    async with workplace(tmp_path, appearance, *known, downloaders=known) as place:
        line = StatusLine(place.desk, url)
        qtbot.addWidget(line)
        line.show()
        yield place, line


def _parts(line: StatusLine) -> list[StatusPart]:
    return line.findChildren(StatusPart)


def _says(line: StatusLine, words: str) -> bool:
    return words in [part.accessibleName() for part in _parts(line)]


def _swept(downloader: str, snapshot: Snapshot) -> Swept:
    return Swept(
        downloader=downloader,
        snapshot=snapshot,
        changed={},
        gone=frozenset(),
        peers=0,
        to_good=0,
        to_banned=0,
        bans=(),
        timings=Timings(),
    )


async def test_without_a_downloader_it_says_that_there_is_none(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, line):
        assert _says(line, "No downloader yet")
        assert _says(line, "API is off")
        assert _says(line, "Sweep –")


async def test_after_a_sweep_it_tells_who_was_swept(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, {"qb": swarm()}) as (_place, line):
        await until(lambda: _says(line, "1 of 1 downloader answers"))
        sweep = next(part for part in _parts(line) if part.accessibleName().startswith("Sweep "))
        assert re.fullmatch(r"Sweep \d+\.\d\d s", sweep.accessibleName())
        assert sweep.toolTip() == "Last sweep: qb, 0 s ago"


async def test_the_rates_of_all_downloaders_are_summed_up(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    busy = Snapshot(at=NOW, torrents=(), upload_rate=3 << 20, download_rate=512)
    shown = {"qb": ScriptedDownloader(HandClock()), "nas": ScriptedDownloader(HandClock())}
    async with _open(qtbot, tmp_path, appearance, shown) as (place, line):
        for key in shown:
            place.core.bus.publish(_swept(key, busy))
        line.follow()

        assert _says(line, "6.00 MiB/s")
        assert _says(line, "1.00 KiB/s")


async def test_a_downloader_in_trouble_is_counted_out(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    broken = swarm()
    broken.error = Unreachable("connection refused")
    async with _open(qtbot, tmp_path, appearance, {"qb": swarm(), "nas": broken}) as (_place, line):
        await until(lambda: _says(line, "1 of 2 downloaders answer"))


async def test_a_paused_downloader_is_not_missed(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, {"qb": swarm(), "nas": swarm()}) as (place, line):
        await place.core.downloaders.pause("nas", paused=True)
        await until(lambda: _says(line, "1 of 1 downloader answers"))

        await place.core.downloaders.pause("qb", paused=True)
        await until(lambda: _says(line, "Paused"))


async def test_a_pause_of_all_is_said_and_ends(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance, {"qb": swarm()}) as (place, line):
        await place.core.downloaders.pause_all()
        await until(lambda: _says(line, "Paused"))

        await place.core.downloaders.resume_all()
        await until(lambda: _says(line, "1 of 1 downloader answers"))


async def test_it_tells_what_the_program_costs_and_asks_only_while_seen(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, line):
        names = [part.accessibleName() for part in _parts(line)]
        assert any(re.fullmatch(r"CPU \d+\.\d %", name) for name in names)
        assert any(re.fullmatch(r"RAM [\d.]+ [MG]iB", name) for name in names)

        timer = line._timer  # noqa: SLF001 - nothing else shows that it rests
        assert timer.isActive()
        line.hide()
        assert not timer.isActive()


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://127.0.0.1:9898", "API on port 9898"), ("http://[::1]:80/", "API on port 80")],
)
async def test_it_tells_where_the_api_listens(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, url: str, words: str
) -> None:
    async with _open(qtbot, tmp_path, appearance, url=url) as (_place, line):
        assert _says(line, words)


async def test_each_part_leads_to_its_page(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, line):
        opened: list[str] = []
        place.desk.actions.page_wanted.connect(lambda page, _text: opened.append(page))
        for part in _parts(line):
            qtbot.mouseClick(part, Qt.MouseButton.LeftButton)

        assert opened == [
            "downloaders", "charts", "charts", "downloaders", "log", "log", "settings",
        ]  # fmt: skip
