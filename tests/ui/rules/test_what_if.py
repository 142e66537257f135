"""The box “What if?” asks the rules about a peer that does not exist."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.rules.names import CLIENT_NAME
from app.domain.verdict import Mode
from app.services.core import Core
from app.ui.delegates import Mark
from app.ui.rules.what_if import WhatIfCard
from tests.services.fakes import house
from tests.ui.fakes import until
from tests.ui.finding import button, field, says


@asynccontextmanager
async def box_over(tmp_path: Path, qtbot: QtBot) -> AsyncIterator[tuple[WhatIfCard, Core]]:
    async with house(tmp_path) as built:
        box = WhatIfCard(built.core)
        qtbot.addWidget(box)
        box.show()
        yield box, built.core


async def test_it_shows_who_would_be_banned_and_why(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, core):
        field(box, "Client name").setText("HP/torrent 1.3")
        button(box, "Ask").click()

        await until(lambda: bool(box.answer))
        assert box.answer == "Calls itself “HP/torrent 1.3”; banned: starts with “hp/torrent”"
        assert "Ban 3 d" in [line.answer for line in box.trace.rows.rows()]
        assert len(core.ban_list) == 0


async def test_it_says_when_nobody_minds(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, _core):
        field(box, "Client name").setText("Transmission 4.1")
        button(box, "Ask").click()

        await until(lambda: bool(box.answer))
        assert box.answer == "No rule has anything against this peer."


async def test_an_answer_follows_the_rules(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, core):
        field(box, "Client name").setText("HP/torrent 1.3")
        box.ask()
        await until(lambda: bool(box.answer))
        await core.rules.set_mode(CLIENT_NAME, Mode.SHADOW)
        box.ask_again()

        await until(lambda: "Would ban 3 d" in [line.answer for line in box.trace.rows.rows()])


async def test_what_is_no_address_and_no_port_is_refused(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, _core):
        field(box, "Address").setText("1.2.3")
        button(box, "Ask").click()
        assert says(box, "Allowed: an IP address")
        assert not box.trace.isVisible()

        field(box, "Address").setText("203.0.113.1")
        field(box, "Port").setText("70000")
        button(box, "Ask").click()
        assert says(box, "Allowed: a port")


async def test_an_address_that_is_spared_says_so(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, _core):
        field(box, "Address").setText("192.168.1.4")
        field(box, "Client name").setText("HP/torrent 1.3")
        box.ask()

        await until(lambda: bool(box.answer))
        assert box.answer == "This is in your local network (192.168.0.0/16)."


async def test_a_torrent_and_what_was_sent_count_too(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, _core):
        field(box, "Sent to it").setText("3000000000")
        field(box, "It reports, %").setText("5")
        box.ask()

        await until(lambda: bool(box.answer))
        lines = {line.rule: line for line in box.trace.lines}
        assert lines["Progress"].mark is Mark.BANNED


async def test_what_is_no_share_and_no_size_is_refused(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, _core):
        field(box, "You have, %").setText("120")
        box.ask()
        assert says(box, "Allowed: a share from 0 to 100 %")

        field(box, "You have, %").setText("12,5")
        field(box, "Size of the torrent").setText("big")
        box.ask()
        assert says(box, "Allowed: a size such as 4 GiB")


async def test_an_override_counts_for_the_torrents_it_fits(tmp_path: Path, qtbot: QtBot) -> None:
    async with box_over(tmp_path, qtbot) as (box, core):
        spared = {"name": "iso", "category": "iso", "rules": {CLIENT_NAME: {"mode": "off"}}}
        await core.settings.change("profile.yml", {("overrides",): [spared]})
        field(box, "Client name").setText("HP/torrent 1.3")
        field(box, "Category").setText("iso")
        box.ask()

        await until(lambda: bool(box.answer))
        assert box.answer == "No rule has anything against this peer."
