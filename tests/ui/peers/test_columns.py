"""What the Peers table says about each peer, and by what it is sorted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from msgspec import structs

from app.domain.address import Endpoint, PeerAddress, parse_ip
from app.domain.ban import FOREVER
from app.services.events import JudgedPeer
from app.ui.columns import Column
from app.ui.delegates import Mark
from app.ui.format import moment
from app.ui.peers.columns import PeerView, peer_columns, taken
from app.ui.peers.trails import Trails
from app.ui.theme import Appearance
from tests.services.fakes import NOW
from tests.ui.fakes import (
    GIB,
    MIB,
    Workplace,
    banned,
    judged,
    peer,
    torrent,
    verdict,
    workplace,
)

HOUR = 3_600_000
SEEN = peer(
    "203.0.113.87", uploaded=9 * GIB, up=2 * MIB, progress=0.021, country="cn", peer_id="-XF9990-"
)
ONE = judged(SEEN, of=torrent(name="debian.iso", size=4 * GIB), since=NOW - HOUR)
UNTOLD = judged(
    structs.replace(
        peer("192.0.2.1", client=None, peer_id=None), uploaded=-1, downloaded=-1, flags=None
    )
)


@asynccontextmanager
async def _open(
    tmp_path: Path, appearance: Appearance
) -> AsyncIterator[tuple[Workplace, PeerView]]:
    async with workplace(tmp_path, appearance, "qb") as place:
        yield place, PeerView(place.core, Trails())


def _column(view: PeerView, key: str) -> Column[JudgedPeer]:
    columns: Sequence[Column[JudgedPeer]] = peer_columns(view)
    return next(column for column in columns if column.key == key)


def _texts(view: PeerView, one: JudgedPeer) -> dict[str, str]:
    return {column.key: column.text(one) for column in peer_columns(view)}


def _spoken(view: PeerView, key: str, one: JudgedPeer) -> str:
    spoken = _column(view, key).spoken
    assert spoken is not None
    return spoken(one)


def _tip(view: PeerView, key: str, one: JudgedPeer) -> str:
    tip = _column(view, key).tip
    assert tip is not None
    return tip(one)


async def test_a_row_tells_who_it_is_and_what_it_takes(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        texts = _texts(view, ONE)

        assert (texts["verdict"], texts["address"], texts["port"]) == (
            "Pass", "203.0.113.87", "51413",
        )  # fmt: skip
        assert (texts["client"], texts["peer-id"]) == ("qBittorrent/5.1.0", "-XF9990-")
        assert (texts["progress"], texts["up"], texts["uploaded"], texts["taken"]) == (
            "2.1 %", "2.00 MiB/s", "9.00 GiB", "2.2×",
        )  # fmt: skip
        assert (texts["flags"], texts["torrent"]) == ("U I X E P", "debian.iso")
        assert (texts["downloader"], texts["connected"]) == ("qb", "1 h 00 min")
        assert (texts["country"], texts["rule"], texts["until"]) == ("CN", "–", "–")
        assert texts["seen"] == moment(NOW - HOUR, NOW)


async def test_what_a_downloader_does_not_tell_is_a_dash(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        texts = _texts(view, UNTOLD)

        unknown = ("uploaded", "taken", "received", "flags", "peer-id")
        assert {texts[key] for key in unknown} == {"–"}
        assert texts["client"] == "no name"
        assert taken(UNTOLD) is None
        assert taken(structs.replace(ONE, torrent=torrent(size=0))) is None


async def test_estimates_are_marked_wherever_bytes_are_shown(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        guessed = structs.replace(
            ONE, peer=structs.replace(SEEN, downloaded=5 * MIB, estimated=True)
        )
        texts = _texts(view, guessed)

        assert (texts["uploaded"], texts["received"], texts["taken"]) == (
            "≈ 9.00 GiB", "≈ 5.00 MiB", "≈ 2.2×",
        )  # fmt: skip
        assert _spoken(view, "progress", guessed).endswith("had about 100 % from us (estimated)")
        silent = structs.replace(ONE, peer=structs.replace(UNTOLD.peer, estimated=True))
        assert _texts(view, silent)["uploaded"] == "–"


async def test_the_ban_list_as_it_is_now_decides(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (place, view):
        assert view.mark(ONE) is Mark.PASS
        await place.core.bans.ban([ip_network("203.0.113.0/24")], duration=HOUR)
        assert view.mark(ONE) is Mark.BANNED
        assert _texts(view, ONE)["until"] == moment(NOW + HOUR, NOW)
        assert view.reason(ONE) == "Banned by you"

        await place.core.bans.ban([ip_network("203.0.113.0/24")], duration=FOREVER)
        assert _texts(view, ONE)["until"] == "for ever"
        await place.core.bans.unban([ip_network("203.0.113.0/24")])
        assert view.mark(ONE) is Mark.PASS


async def test_a_technical_entry_is_no_ban(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (place, view):
        await place.core.ban_list.add([banned("203.0.113.87", disconnect=True)])

        assert view.ban(ONE) is None
        assert view.mark(ONE) is Mark.PASS


async def test_the_rule_that_decided_is_named_also_when_the_ban_is_older(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        assert _texts(view, judged(SEEN, verdict()))["rule"] == "Peer ID"
        assert _texts(view, judged(SEEN, ban=banned("203.0.113.87")))["rule"] == "Peer ID"


async def test_the_address_tells_more_in_its_tool_tip(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        raw = Endpoint(parse_ip("64:ff9b::cb00:7157"), 51413)
        address = PeerAddress(raw=raw, effective=SEEN.address.effective)
        one = structs.replace(
            ONE, peer=structs.replace(SEEN, address=address), ban=banned("203.0.113.0/24")
        )

        assert _tip(view, "address", one).splitlines() == [
            "203.0.113.87:51413",
            "As the downloader sees it: [64:ff9b::cb00:7157]:51413",
            "Country: CN",
            "Banned as 203.0.113.0/24",
        ]
        assert _tip(view, "address", UNTOLD) == "192.0.2.1:51413"


async def test_a_screen_reader_hears_what_is_drawn(tmp_path: Path, appearance: Appearance) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        assert _spoken(view, "address", ONE) == "203.0.113.87, CN"
        assert _spoken(view, "progress", ONE) == "Claims 2.1 %, had at least 100 % from us"
        assert _spoken(view, "progress", UNTOLD) == "Claims 50.0 %"
        assert _spoken(view, "flags", ONE).startswith("U  We send to it; I  It came to us")
        assert _spoken(view, "flags", UNTOLD) == ""


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("address", ["10.0.0.2", "10.0.0.10", "2001:db8::1"]),
        ("up", ["2001:db8::1", "10.0.0.10", "10.0.0.2"]),
        ("uploaded", ["2001:db8::1", "10.0.0.2", "10.0.0.10"]),
        ("taken", ["2001:db8::1", "10.0.0.2", "10.0.0.10"]),
        ("connected", ["10.0.0.10", "2001:db8::1", "10.0.0.2"]),
        ("verdict", ["10.0.0.10", "2001:db8::1", "10.0.0.2"]),
    ],
)
async def test_columns_sort_by_what_they_mean(
    tmp_path: Path, appearance: Appearance, key: str, order: list[str]
) -> None:
    peers = [
        judged(peer("10.0.0.10", up=900, uploaded=3 * GIB), verdict(), since=3),
        judged(peer("10.0.0.2", up=1 << 20, uploaded=MIB), since=1),
        judged(structs.replace(peer("2001:db8::1"), uploaded=-1, handshaking=True), since=2),
    ]
    async with _open(tmp_path, appearance) as (_place, view):
        peers.sort(key=_column(view, key).sort_key)

        assert [str(one.peer.address.ip) for one in peers] == order


async def test_a_downloader_that_is_gone_is_called_by_its_id(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (place, view):
        state = place.core.downloaders.states()[0]
        await place.core.downloaders.edit(replace(state.settings, name="Home qB"))
        assert view.name("qb") == "qb"
        view.follow_names()
        assert view.name("qb") == "Home qB"

        await place.core.downloaders.remove("qb")
        view.follow_names()
        assert view.name("qb") == "qb"


async def test_a_technical_entry_is_no_ban_in_any_column(
    tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(tmp_path, appearance) as (_place, view):
        technical = structs.replace(ONE, ban=banned("203.0.113.87/32", disconnect=True))
        tip = _column(view, "address").tip

        assert _texts(view, technical)["rule"] == _texts(view, technical)["until"] == "–"
        assert _column(view, "until").sort_key(technical) is None
        assert tip is not None
        assert "Banned" not in tip(technical)
