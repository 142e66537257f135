"""The pages of the window, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from app.ui.bans.page import BansPage
from app.ui.charts.page import ChartsPage
from app.ui.desk import Desk
from app.ui.downloaders.page import DownloadersPage
from app.ui.log.page import LogPage
from app.ui.page import Page
from app.ui.peers.page import PeersPage
from app.ui.rules.page import RulesPage
from app.ui.settings_page.page import SettingsPage
from app.ui.torrents.page import TorrentsPage

Kind: TypeAlias = Callable[[Desk], Page]

TABBED: Final[tuple[Kind, ...]] = (
    DownloadersPage,
    TorrentsPage,
    PeersPage,
    BansPage,
    RulesPage,
    ChartsPage,
)
"""Those with a tab, in the order of the tabs."""

MORE: Final[tuple[Kind, ...]] = (LogPage, SettingsPage)
"""Those that are reached from the menu."""


async def build(kinds: Sequence[Kind], desk: Desk) -> list[Page]:
    """Make one page a turn of the loop: each takes tens of milliseconds, and the first sweep is under way."""
    made = []
    for kind in kinds:
        await asyncio.sleep(0)
        made.append(kind(desk))
    return made
