"""Takes the pictures of the README: every page of the real program on its demo, in both themes."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.bootstrap import running
from app.domain.address import Prefix, single
from app.domain.ban import Source
from app.domain.peer_exception import PeerException
from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.verdict import Action, Mode
from app.locale import LANGUAGES, set_language
from app.options import Options
from app.services.core import Core
from app.services.enforcement import Enforcement
from app.services.events import JudgedPeer
from app.ui import application
from app.ui.bans.page import BansPage
from app.ui.main_window import MainWindow
from app.ui.peers.columns import VERDICT
from app.ui.peers.page import PeersPage
from app.ui.theme import Appearance, Scheme

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "screenshots"
THEMES: Final = (Scheme.LIGHT, Scheme.DARK)
PAGES: Final = (
    "downloaders",
    "torrents",
    "peers",
    "bans",
    "rules",
    "charts",
    "log",
    "settings",
)
SIZE: Final = (1280, 800)
_CULPRITS: Final = 3
_BANS: Final = 11
_BAN_ROW: Final = 2
_SETTLED: Final = 1.0
"""Seconds after which a page that came into sight is filled: tables refresh up to four times a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which pictures to take, and where they go."""

    language: str
    themes: Sequence[Scheme]
    pages: Sequence[str]
    folder: Path
    seconds: float
    """How long the swarm is watched first: lines and charts fill meanwhile."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures, or those that were asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    add = parser.add_argument
    add("--theme", type=Scheme, choices=THEMES, help="only this one")
    add("--language", choices=LANGUAGES, help="only this one")
    add("--page", choices=PAGES, help="only this one")
    add("--output", type=Path, default=FOLDER, metavar="DIR")
    add("--seconds", type=float, default=150.0, help="of watching, before the first picture")
    asked = parser.parse_args(arguments)
    if asked.language is None:
        # Fonts and language are chosen once in a program's life.
        more = sys.argv[1:] if arguments is None else arguments
        command = [sys.executable, "-m", "tests.screenshots", *more, "--language"]
        started = [subprocess.Popen([*command, each]) for each in LANGUAGES]
        return max([process.wait() for process in started])
    pages = PAGES if asked.language == "en" else ("peers",)
    wish = Wish(
        language=asked.language,
        themes=THEMES if asked.theme is None else (asked.theme,),
        pages=pages if asked.page is None else (asked.page,),
        folder=asked.output,
        seconds=asked.seconds,
    )
    wish.folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    code = application.run(partial(_run, wish, taken))
    # Only now: it brings numpy along, and the status line shows how much memory the program takes.
    from tests.screenshots.picture import save  # noqa: PLC0415

    for file in taken:
        save(QImage(str(file)), file)
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
    return code


async def _run(wish: Wish, taken: list[Path]) -> int:
    set_language(wish.language)
    options = Options(demo=True, demo_peers=160, api_port=0, language=wish.language)
    stop = asyncio.Event()
    async with running(options, api_required=False) as program, asyncio.TaskGroup() as tasks:
        url = "http://127.0.0.1:9898"  # as it is for everybody; ours took any free port
        shown = application.show(program.core, api_url=url, minimized=False, stop=stop)
        tasks.create_task(shown, name="window")
        try:
            await _take_all(program.core, wish, taken)
        finally:
            stop.set()
    return 0


async def _take_all(core: Core, wish: Wish, taken: list[Path]) -> None:
    await _until(lambda: core.statistics.sweeps > 1)
    await _set_the_scene(core)
    await asyncio.sleep(wish.seconds)
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    appearance = next(iter(QApplication.instance().findChildren(Appearance)))  # type: ignore[union-attr]
    window.resize(*SIZE)
    for theme in wish.themes:
        appearance.choose(theme)
        for page in wish.pages:
            window.open_page(page)
            await asyncio.sleep(_SETTLED)
            if isinstance(window.page, PeersPage):
                await _choose_a_culprit(core, window.page)
            elif isinstance(window.page, BansPage):
                await _until(lambda: _all_confirmed(core))
                table = window.page.table
                table.select_keys([table.rows.key_at(_BAN_ROW)])
            await asyncio.sleep(_SETTLED)
            file = wish.folder / f"{page}-{theme.value}-{wish.language}.png"
            window.grab().save(str(file))
            taken.append(file)


async def _set_the_scene(core: Core) -> None:
    """Let there be something of every kind: by hand, spared, in shadow, beside what the rules ban."""
    by_hand, watched, spared, _, also_watched, *_ = _passing(core)
    await core.bans.ban_peers([by_hand], note="takes all night, gives nothing")
    await core.exceptions.add(PeerException(id="", prefix=_prefix(spared), note="a friend"))
    listed = [str(_prefix(judged)) for judged in (watched, also_watched)]
    await core.rules.change(IP_BLOCKLIST, {("ips",): listed, ("mode",): Mode.SHADOW})


async def _choose_a_culprit(core: Core, page: PeersPage) -> None:
    """Let banned peers come back, and choose the first while it is seen: until the sweep after its ban."""
    await _until(lambda: _all_confirmed(core))
    page.table.clearSelection()
    page.table.rows.sort_by(VERDICT)
    by_rules = [ban.prefix for ban in core.bans.shown() if ban.source is Source.RULE]
    await core.bans.unban(by_rules)
    await _until(lambda: len(_banned(core)) > _CULPRITS)
    rows = page.table.rows
    await _until(lambda: all(rows.row_of(judged.key) >= 0 for judged in _banned(core)))
    page.table.select_keys([_banned(core)[0].key])
    page.table.verticalScrollBar().setValue(0)


def _all_confirmed(core: Core) -> bool:
    bans = core.bans.shown()
    states = [state for ban in bans for state in core.downloaders.enforcement(ban).values()]
    return len(bans) > _BANS and all(state is Enforcement.ENFORCED for state in states)


def _banned(core: Core) -> list[JudgedPeer]:
    found = [judged for judged in _peers(core) if judged.decision.action is Action.BAN]
    return sorted(found, key=lambda judged: -judged.peer.uploaded)


def _passing(core: Core) -> list[JudgedPeer]:
    found = (judged for judged in _peers(core) if judged.peer.upload_rate > 0)
    passing = (j for j in found if j.decision.action is Action.NO_ACTION and j.ban is None)
    return sorted(passing, key=lambda judged: -judged.peer.uploaded)


def _peers(core: Core) -> Sequence[JudgedPeer]:
    (downloader,) = core.downloaders.states()
    return core.downloaders.peers(downloader.settings.id)


def _prefix(judged: JudgedPeer) -> Prefix:
    return single(judged.peer.address.ip)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - a tool, not a test
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
