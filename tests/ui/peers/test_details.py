"""The pane under the peers says why one is judged as it is, and offers what fits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.domain.address import parse_prefix
from app.domain.ban import FOREVER
from app.domain.verdict import Mode
from app.ui.bans.enforced import Enforced
from app.ui.delegates import Mark
from app.ui.format import moment
from app.ui.peers.columns import PeerView
from app.ui.peers.details import SIDE, PeerDetails
from app.ui.peers.menu import Chosen
from app.ui.peers.trails import Trails
from app.ui.theme import Appearance
from app.ui.widgets import Button, Chip
from tests.services.fakes import NOW
from tests.ui.fakes import DAY, GIB, Workplace, banned, judged, peer, torrent, verdict, workplace
from tests.ui.finding import button, says

HOUR = 3_600_000
ADDRESS = parse_prefix("203.0.113.87")
ONE = judged(
    peer("203.0.113.87", uploaded=9 * GIB, country="cn", progress=0.021),
    verdict(mode=Mode.SHADOW),
    of=torrent(name="debian.iso", size=4 * GIB),
    since=NOW - HOUR,
)
OTHER = judged(peer("203.0.113.99", uploaded=GIB))


@asynccontextmanager
async def _open(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, PeerDetails]]:
    async with workplace(tmp_path, appearance, "qb") as place:
        details = PeerDetails(PeerView(place.core, Trails()), lambda menu: menu.addAction("1 h"))
        qtbot.addWidget(details)
        details.resize(1200, 320)
        details.show()
        yield place, details


def _offers(details: PeerDetails) -> list[str]:
    found = details.findChildren(Button)
    return [one.accessibleName() for one in found if one.isVisible()]


def _chosen(*bans: str) -> Chosen:
    return Chosen(peers=(ONE, OTHER), bans=[banned(ban) for ban in bans], rule_length=DAY)


async def test_without_a_selection_it_says_what_to_do(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        assert says(details, "Choose a peer to see why it is judged as it is.")
        assert _offers(details) == []

        details.show_peer(ONE, ())
        assert not says(details, "Choose a peer")
        details.show_nobody()
        assert says(details, "Choose a peer")


async def test_a_peer_that_is_free_is_told_in_full(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        details.show_peer(ONE, ())
        facts = details.facts

        assert details.words == "In shadow: -XF9990-"
        assert details.findChildren(Chip)[0].accessibleName() == "Shadow"
        assert facts.value("address") == "203.0.113.87  CN"
        assert facts.value("torrent") == "debian.iso"
        assert facts.value("claims") == "2.1 %"
        assert facts.value("sent") == "9.00 GiB / 4.00 GiB"
        assert facts.value("received") == "–"
        assert moment(NOW - HOUR, NOW) in facts.value("seen")
        assert facts.value("banned") == facts.value("enforced") == ""
        assert [line.mark for line in details.trace.rows.rows()] == [Mark.SHADOW]
        assert _offers(details) == ["Ban", "Never judge again", "Copy evidence"]


async def test_a_banned_peer_says_until_when_and_how_far_it_has_come(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, details):
        await place.core.bans.ban([parse_prefix("203.0.113.0/24")], duration=DAY)
        details.show_peer(ONE, [Enforced("qb", Mark.STILL_THERE, "still connected")])

        until = moment(NOW + DAY, NOW)
        assert details.facts.value("banned") == f"0 s ago, until {until} (203.0.113.0/24)"
        assert details.facts.value("enforced") == "qb: still connected"
        assert _offers(details)[:2] == ["Undo the ban", "Never judge again"]

        await place.core.bans.ban([parse_prefix("203.0.113.0/24")], duration=FOREVER)
        details.show_peer(ONE, ())
        assert details.facts.value("banned") == "0 s ago, for ever (203.0.113.0/24)"


async def test_what_was_said_of_a_ban_goes_with_it(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, details):
        await place.core.bans.ban([ADDRESS])
        details.show_peer(ONE, [Enforced("qb", Mark.WAITING, "waits")])
        await place.core.bans.unban([ADDRESS])
        details.show_peer(ONE, ())

        assert details.facts.value("banned") == details.facts.value("enforced") == ""
        assert "Undo the ban" not in _offers(details)


@pytest.mark.parametrize(
    ("bans", "offers"),
    [
        ((), ["Ban"]),
        (("203.0.113.87",), ["Undo the ban", "Ban"]),
        (("203.0.113.87", "203.0.113.99"), ["Undo the ban"]),
        (("203.0.113.0/24",), ["Undo the ban"]),
    ],
)
async def test_several_peers_are_summed_up_and_offered_what_fits_one_of_them(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, bans: tuple[str, ...], offers: list[str]
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        details.show_many(_chosen(*bans))

        assert details.words == "2 peers, 2 addresses, 10.0 GiB sent to them"
        assert _offers(details) == [*offers, "Never judge again", "Copy evidence"]
        assert not details.trace.isVisible()
        assert not details.facts.isVisible()


async def test_one_peer_is_whole_again_after_several(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        details.show_many(_chosen())
        details.show_peer(ONE, ())

        assert details.trace.isVisible()
        assert details.facts.isVisible()
        assert details.findChildren(Chip)[0].isVisible()


async def test_its_buttons_say_what_is_wanted(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (place, details):
        wanted: list[str] = []
        details.ban_pressed.connect(lambda: wanted.append("ban"))
        details.undo_pressed.connect(lambda: wanted.append("undo"))
        details.evidence_pressed.connect(lambda: wanted.append("evidence"))
        details.show_peer(ONE, ())
        for name in ("Ban", "Copy evidence"):
            qtbot.mouseClick(button(details, name), Qt.MouseButton.LeftButton)
        await place.core.bans.ban([ADDRESS])
        details.show_peer(ONE, ())
        qtbot.mouseClick(button(details, "Undo the ban"), Qt.MouseButton.LeftButton)

        assert wanted == ["ban", "evidence", "undo"]


async def test_the_menu_of_exceptions_is_made_anew_each_time(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        details.show_peer(ONE, ())
        spare = button(details, "Never judge again")
        assert isinstance(spare, Button)
        menu = spare.menu()
        assert isinstance(menu, QMenu)
        for _time in range(2):
            menu.aboutToShow.emit()

            assert [action.text() for action in menu.actions()] == ["1 h"]


async def test_beside_the_table_it_stands_upright(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as (_place, details):
        details.show_peer(ONE, ())
        details.lie(beside=True)
        details.resize(SIDE, 900)
        assert _top(details, details.trace) > _top(details, details.facts)
        assert details.minimumWidth() == SIDE

        details.lie(beside=False)
        details.resize(1200, 320)
        assert details.minimumWidth() == 0


def _top(details: PeerDetails, widget: QWidget) -> int:
    layout = details.layout()
    assert layout is not None
    layout.activate()
    return widget.mapTo(details, QPoint(0, 0)).y()
