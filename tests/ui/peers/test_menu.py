"""The context menu offers what fits the peers it was opened on, and does it to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.domain.address import Prefix, parse_ip
from app.domain.ban import FOREVER, Ban
from app.services.events import JudgedPeer
from app.ui.peers.menu import Chosen, Ways, block_around, peers_menu
from app.ui.theme import Appearance
from tests.ui.fakes import DAY, Workplace, banned, choose, judged, peer, torrent, until, workplace

ONE = judged(peer("192.0.2.1"), of=torrent(name="debian.iso"))
AGAIN = judged(peer("192.0.2.1", port=6881), of=torrent(2))
OTHER = judged(peer("192.0.2.9", client=None))
SIX = judged(peer("2001:db8::7"))


@dataclass
class Page:
    """What stands behind a menu."""

    place: Workplace
    parent: QWidget
    asked: list[object] = field(default_factory=list)

    def menu(self, *peers: JudgedPeer, bans: tuple[Ban, ...] = ()) -> QMenu:
        """The menu for some peers, whose bans last 3 days by rule."""
        ways = Ways(
            why=lambda: self.asked.append("why"),
            look_for=self.asked.append,
            copy_address=lambda: self.asked.append("address"),
            copy_evidence=lambda: self.asked.append("evidence"),
            count_covered=lambda _block: 4,
        )
        chosen = Chosen(peers=peers, bans=bans, rule_length=3 * DAY)
        return peers_menu(self.parent, chosen, self.place.desk.actions, ways)

    def bans(self) -> dict[Prefix, int]:
        """Who is banned, and for how long."""
        return {ban.prefix: ban.until - ban.since for ban in self.place.core.ban_list}


@asynccontextmanager
async def _open(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> AsyncIterator[Page]:
    async with workplace(tmp_path, appearance) as place:
        parent = QWidget()
        qtbot.addWidget(parent)
        yield Page(place, parent)


def _offers(menu: QMenu, *below: str) -> list[str]:
    for words in below:
        found = next(action for action in menu.actions() if action.text() == words).menu()
        assert isinstance(found, QMenu)
        menu = found
    texts = (action.text().partition("\t")[0] for action in menu.actions())
    return [text for text in texts if text]


async def test_a_free_peer_can_be_banned_and_spared_but_not_unbanned(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        assert _offers(page.menu(ONE)) == [
            "Why?", "Ban", "Never judge again", "Show only this", "Copy the address",
            "Copy evidence",
        ]  # fmt: skip


async def test_a_banned_peer_can_be_unbanned(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        offers = _offers(page.menu(ONE, bans=(banned("192.0.2.1"),)))

        assert offers[:3] == ["Why?", "Undo the ban", "Unban only"]
        assert "Unban and never judge again" in offers


async def test_one_peer_is_banned_by_its_address_or_its_block(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        block = "192.0.2.0/24, covers 4 peers you see now"
        assert _offers(page.menu(ONE), "Ban") == ["This address", block]
        assert _offers(page.menu(ONE), "Ban", block) == [
            "For the rules' time (3 days)", "For 10 min", "For 1 hour", "For 1 day", "For ever",
        ]  # fmt: skip

        choose(page.menu(ONE), "Ban", "This address", "For the rules' time")
        await until(lambda: page.bans() == {ip_network("192.0.2.1"): 3 * DAY})


async def test_several_peers_are_banned_by_their_blocks(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        menu = page.menu(ONE, OTHER, SIX)
        assert _offers(menu, "Ban") == ["These 3 addresses", "Their /24 and /56 networks"]
        assert "Copy the addresses" in _offers(menu)
        assert "Show only this" not in _offers(menu)

        choose(menu, "Ban", "Their /24 and /56 networks", "For ever")
        blocks = {ip_network("192.0.2.0/24"): FOREVER, ip_network("2001:db8::/56"): FOREVER}
        await until(lambda: page.bans() == blocks)


async def test_one_address_on_several_torrents_is_one_address(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        menu = page.menu(ONE, AGAIN)

        assert _offers(menu, "Ban")[0] == "This address"
        assert "Copy the address" in _offers(menu)


async def test_what_is_undone_is_the_entry_not_the_address(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        await page.place.core.bans.ban([ip_network("192.0.2.0/24"), ip_network("192.0.2.77")])
        entry = page.place.core.ban_list.get(ip_network("192.0.2.0/24"))
        assert entry is not None
        choose(page.menu(ONE, bans=(entry,)), "Unban only")

        await until(lambda: not page.bans())


async def test_never_judging_again_names_the_entry_and_the_free_addresses(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        before = {entry.prefix for entry in page.place.core.exceptions.entries()}
        menu = page.menu(ONE, OTHER, SIX, bans=(banned("192.0.2.0/28"),))
        choose(menu, "Unban and never judge again", "For 1 day")

        def made() -> set[Prefix | None]:
            return {entry.prefix for entry in page.place.core.exceptions.entries()} - before

        await until(lambda: made() == {ip_network("192.0.2.0/28"), ip_network("2001:db8::7")})


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Its torrent", "debian.iso"),
        ("Its client", "qBittorrent/5.1.0"),
        ("Its network 192.0.2.0/24", "192.0.2.0/24"),
    ],
)
async def test_only_its_like_can_be_shown(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, words: str, asked: str
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        choose(page.menu(ONE), "Show only this", words)

        assert page.asked == [asked]


async def test_a_peer_without_a_name_cannot_be_looked_for_by_it(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        offers = _offers(page.menu(OTHER), "Show only this")

        assert offers == ["Its torrent", "Its network 192.0.2.0/24"]


async def test_the_rest_is_left_to_the_page(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    async with _open(qtbot, tmp_path, appearance) as page:
        for words in ("Why?", "Copy the address", "Copy evidence"):
            choose(page.menu(ONE), words)

        assert page.asked == ["why", "address", "evidence"]


@pytest.mark.parametrize(
    ("address", "block"), [("192.0.2.77", "192.0.2.0/24"), ("2001:db8::ff7", "2001:db8::/56")]
)
def test_a_block_is_what_one_customer_has(address: str, block: str) -> None:
    assert block_around(parse_ip(address)) == ip_network(block)


def test_whom_an_entry_covers_is_not_free() -> None:
    chosen = Chosen(peers=(ONE, AGAIN, SIX), bans=(banned("192.0.2.0/24"),), rule_length=DAY)
    assert chosen.addresses == [ip_network("192.0.2.1"), ip_network("2001:db8::7")]
    assert chosen.free == [ip_network("2001:db8::7")]
