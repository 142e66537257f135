"""The pane under the bans says of a ban why, whom, until when, and how far it has come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.domain.ban import FOREVER
from app.ui.bans.columns import BanView
from app.ui.bans.details import BanDetails, ban_evidence, banned_words
from app.ui.format import moment
from app.ui.theme import Appearance
from tests.services.fakes import NOW
from tests.ui.fakes import GIB, banned, peer, torrent, workplace
from tests.ui.finding import button, says

HOUR = 3_600_000
WHO = peer("203.0.113.87", uploaded=3 * GIB, progress=0.25, flags="U I X E P")
ONE = banned("203.0.113.87", who=WHO, of=torrent(name="debian.iso", size=4 * GIB))
BARE = replace(banned("198.51.100.0/24", lasts=FOREVER), downloader=None, trace=())


@asynccontextmanager
async def _open(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> AsyncIterator[BanDetails]:
    async with workplace(tmp_path, appearance, "qb") as place:
        details = BanDetails(BanView(place.core), QMenu(), QMenu())
        qtbot.addWidget(details)
        details.show()
        yield details


async def test_without_a_selection_it_says_what_to_do(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        assert says(details, "Choose a ban to see how it came to be.")
        assert not button(details, "Undo the ban").isVisible()

        details.show_ban(ONE)
        assert not says(details, "Choose a ban")
        assert button(details, "Undo the ban").isVisible()

        details.show_nothing()
        assert says(details, "Choose a ban")


async def test_one_ban_is_told_in_full(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        details.show_ban(ONE)
        facts = details.facts

        assert details.words == "-XF9990-"
        assert facts.value("banned") == f"0 s ago, until {moment(NOW + HOUR, NOW)}"
        assert details.enforced == "qb: waits"
        assert says(details, "qb: waits")
        assert facts.value("leaked") == "nothing"
        assert facts.value("client") == "qBittorrent/5.1.0"
        assert facts.value("connection") == "µTP, encrypted, by peer exchange, came to us"
        assert facts.value("torrent") == "debian.iso"
        assert facts.value("sent") == "3.00 GiB / 4.00 GiB, claimed 25.0 %"
        assert facts.value("downloader") == "Home qB"
        assert [line.answer for line in details.trace.rows.rows()] == ["Ban 1 h"]


async def test_what_is_not_known_of_a_ban_by_hand_is_left_out(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        details.show_ban(ONE)
        details.show_ban(BARE)

        left_out = ("client", "peer-id", "connection", "torrent", "sent", "downloader")
        assert {details.facts.value(key) for key in left_out} == {""}
        assert details.trace.rows.shown == 0


async def test_an_amount_that_nobody_counted_is_a_dash(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        details.show_ban(replace(ONE, peer=replace(WHO, uploaded=-1), torrent=None))

        assert details.facts.value("sent") == "–"


async def test_several_bans_are_summed_up_and_one_is_whole_again(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        details.show_many([ONE, ONE, BARE])
        assert details.words == "3 bans; 6.00 GiB taken before them"
        assert not details.trace.isVisible()
        assert not details.facts.isVisible()

        details.show_ban(ONE)
        assert details.trace.isVisible()
        assert details.facts.isVisible()


async def test_an_amount_that_was_estimated_says_so(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as details:
        guessed = replace(ONE, peer=replace(WHO, estimated=True))
        details.show_ban(guessed)
        assert details.facts.value("sent").startswith("≈ 3.00 GiB / 4.00 GiB")

        details.show_many([ONE, guessed])
        assert details.words == "2 bans; ≈ 6.00 GiB taken before them"


def test_a_ban_without_an_end_says_so() -> None:
    assert banned_words(BARE, NOW + HOUR) == "1 h 00 min ago, for ever"


def test_evidence_names_peer_torrent_and_answers() -> None:
    lines = ban_evidence(ONE).splitlines()

    assert lines[:2] == ["Banned: -XF9990-", "Address: 203.0.113.87:51413"]
    assert lines[-1] == "  Peer ID: -XF9990- → Ban (-XF9990-)"


def test_evidence_of_a_ban_by_hand_is_what_one_typed() -> None:
    assert ban_evidence(BARE) == "198.51.100.0/24: -XF9990-"
    assert ban_evidence(replace(ONE, peer=None)) == "203.0.113.87: -XF9990-"
