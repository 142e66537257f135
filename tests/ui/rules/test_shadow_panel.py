"""Whom a rule in shadow would have banned."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.rules.names import PEER_ID
from app.domain.verdict import Mode
from app.services.errors import StorageError
from app.ui.rules.shadow_panel import ShadowPanel
from app.ui.theme import Appearance
from tests.ui.fakes import LEECHER, swarm, until, workplace
from tests.ui.finding import says


async def test_would_be_bans_are_listed_with_peer_reason_and_torrent(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance, "qb", downloaders={"qb": swarm()}) as place:
        await place.core.rules.set_mode(PEER_ID, Mode.SHADOW)
        await place.core.bans.unban([ban.prefix for ban in place.core.ban_list])
        await place.sweep()
        panel = ShadowPanel(place.desk, PEER_ID)
        qtbot.addWidget(panel)
        panel.show()
        rows = panel.table.rows
        await until(lambda: rows.total)

        texts = {column.key: column.text(rows.rows()[0]) for column in rows.columns}
        assert texts["address"] == LEECHER
        assert texts["client"] == "Xunfeng 9.9"
        assert texts["torrent"].startswith("ubuntu-26.04")
        assert "-XF9990-" in texts["reason"]
        assert (texts["count"], texts["downloader"]) == ("1", "qb")


async def test_a_database_that_refuses_is_said_in_place(
    tmp_path: Path, appearance: Appearance, qtbot: QtBot
) -> None:
    async with workplace(tmp_path, appearance) as place:

        async def refuse(_rule: str, *, limit: int) -> list[object]:
            raise StorageError("disk full")

        place.store.shadows.recent = refuse  # type: ignore[assignment, method-assign]
        panel = ShadowPanel(place.desk, PEER_ID)
        qtbot.addWidget(panel)
        panel.show()

        await until(lambda: says(panel, "disk full"))


async def test_it_may_go_while_it_asks(tmp_path: Path, appearance: Appearance) -> None:
    async with workplace(tmp_path, appearance) as place:
        panel = ShadowPanel(place.desk, PEER_ID)
        failed: list[object] = []
        place.desk.bridge.command_failed.connect(failed.append)
        panel.deleteLater()
        del panel
        await place.core.shadows.recent(PEER_ID)

        assert failed == []
