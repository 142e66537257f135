"""A Peers page over a running core, with three peers of one downloader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.services.events import PeerKey
from app.ui.delegates import Mark
from app.ui.peers.page import PeersPage
from app.ui.theme import Appearance
from tests.ui.fakes import Workplace, swarm, until, workplace


@asynccontextmanager
async def open_page(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, PeersPage]]:
    """It shows all three when the block begins."""
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        page = PeersPage(place.desk)
        qtbot.addWidget(page)
        page.resize(1280, 720)
        page.show()
        await until(lambda: page.table.rows.shown == 3)
        yield place, page


def shown(page: PeersPage) -> list[str]:
    """The addresses from top to bottom."""
    keys = page.table.rows.keys()
    return [str(key.endpoint.ip) for key in keys]


def select(page: PeersPage, *addresses: str) -> None:
    """Select these and no others."""
    page.table.select_keys([_key(page, address) for address in addresses])


def mark_at(page: PeersPage, address: str) -> Mark:
    """The chip of a peer."""
    row = page.table.rows.row_of(_key(page, address))
    mark = page.table.rows.cell(row, 0)[1]
    assert isinstance(mark, Mark)
    return mark


def _key(page: PeersPage, address: str) -> PeerKey:
    keys = page.table.rows.keys()
    return next(key for key in keys if str(key.endpoint.ip) == address)
