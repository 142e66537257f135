"""The pages of the window, in order."""

from __future__ import annotations

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


def pages(desk: Desk) -> list[Page]:
    """Those with a tab, in the order of the tabs."""
    return [
        DownloadersPage(desk),
        TorrentsPage(desk),
        PeersPage(desk),
        BansPage(desk),
        RulesPage(desk),
        ChartsPage(desk),
    ]


def more_pages(desk: Desk) -> list[Page]:
    """Those that are reached from the menu."""
    return [LogPage(desk), SettingsPage(desk)]
