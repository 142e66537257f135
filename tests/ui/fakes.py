"""A desk over a core with stand-ins, and peers to put on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMenu

from app.domain.address import Endpoint, PeerAddress
from app.domain.ban import Ban, DownloaderRef
from app.domain.decision import merge
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.names import PEER_ID
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.services.core import Core
from app.services.events import JudgedPeer, PeerKey
from app.ui.desk import Desk, make_desk
from app.ui.theme import Appearance
from tests.services.fakes import NOW, HandClock, House, MemoryStore, ScriptedDownloader, house

MIB = 1 << 20
GIB = 1 << 30
DAY = 86_400_000


def torrent(number: int = 1, *, name: str = "", size: int = 4 * GIB) -> Torrent:
    """A torrent that is seeded."""
    return Torrent(
        id=f"{number:040x}",
        hash=f"{number:040x}",
        name=name or f"torrent-{number}.iso",
        size=size,
        progress=1.0,
        uploaded=3 * size,
        upload_rate=2 * MIB,
    )


def peer(  # noqa: PLR0913 - what a peer is made of
    address: str,
    *,
    port: int = 51413,
    client: str | None = "qBittorrent/5.1.0",
    peer_id: str | None = "-qB5100-",
    uploaded: int = 0,
    up: int = 0,
    down: int = 0,
    progress: float = 0.5,
    country: str = "",
    flags: str = "U I X E P",
    handshaking: bool = False,
) -> Peer:
    """A peer as a downloader reports it."""
    end = Endpoint(ip_address(address), port)
    return Peer(
        address=PeerAddress(raw=end, effective=end),
        client_name=client,
        peer_id=peer_id,
        uploaded=uploaded,
        downloaded=0,
        upload_rate=up,
        download_rate=down,
        progress=progress,
        country=country,
        flags=parse_flags(flags),
        handshaking=handshaking,
    )


def verdict(action: Action = Action.BAN, mode: Mode = Mode.ENFORCE) -> Verdict:
    """What the rule about peer ids answers."""
    name = Text("saw-text", {"text": "-XF9990-"})
    return Verdict(rule=PEER_ID, action=action, mode=mode, reason=name, saw=name)


def judged(
    seen: Peer,
    *trace: Verdict,
    of: Torrent | None = None,
    at: str = "qb",
    since: int = NOW,
    ban: Ban | None = None,
) -> JudgedPeer:
    """A live peer, and what the verdicts of `trace` make of it."""
    whose = of or torrent()
    key = PeerKey(at, whose.id, seen.address.raw)
    return JudgedPeer(key, whose, seen, merge(trace, DAY), since, ban)


def banned(
    prefix: str,
    *,
    since: int = NOW,
    lasts: int = 3_600_000,
    who: Peer | None = None,
    of: Torrent | None = None,
    disconnect: bool = False,
) -> Ban:
    """An entry of the ban list that a rule made."""
    answer = verdict()
    return Ban(
        prefix=ip_network(prefix),
        since=since,
        until=since + lasts,
        verdict=answer,
        trace=(answer,),
        disconnect=disconnect,
        downloader=DownloaderRef(id="qb", name="Home qB", kind="qBittorrent"),
        torrent=of,
        peer=who,
    )


LEECHER = "203.0.113.87"
HONEST = "192.0.2.141"


@dataclass
class Workplace:
    """A desk, and all that stands behind it."""

    desk: Desk
    house: House

    @property
    def core(self) -> Core:
        return self.house.core

    @property
    def clock(self) -> HandClock:
        return self.house.clock

    @property
    def store(self) -> MemoryStore:
        return self.house.store

    @property
    def downloaders(self) -> dict[str, ScriptedDownloader]:
        return self.house.downloaders

    async def sweep(self) -> None:
        """Let every downloader be swept once more, and what follows from it reach the screen."""
        before = self.core.statistics.sweeps
        self.core.downloaders.sweep_now()
        await until(lambda: self.core.statistics.sweeps > before)
        await settle()


@asynccontextmanager
async def workplace(
    folder: Path,
    appearance: Appearance,
    *names: str,
    downloaders: dict[str, ScriptedDownloader] | None = None,
) -> AsyncIterator[Workplace]:
    """A desk over `house(folder, *names)`; `downloaders` are scripted beforehand."""
    async with house(folder, *names, downloaders=downloaders) as built:
        desk = make_desk(built.core, appearance)
        try:
            yield Workplace(desk, built)
        finally:
            desk.bridge.close()


def swarm(clock: HandClock | None = None) -> ScriptedDownloader:
    """A downloader with one torrent, an honest peer and one that its name gives away."""
    made = ScriptedDownloader(clock or HandClock())
    made.obeys = False
    made.show(
        torrent(1, name="ubuntu-26.04-desktop-amd64.iso"),
        peer(HONEST, uploaded=300 * MIB, up=800_000, country="de"),
        peer("198.51.100.9", uploaded=20 * MIB, client="Transmission/4.1.0", peer_id="-TR4100-"),
        peer(
            LEECHER,
            uploaded=9 * GIB,
            up=2_000_000,
            client="Xunfeng 9.9",
            peer_id="-XF9990-",
            country="cn",
        ),
    )
    return made


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Let the loop run until `true()`; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for may be on the screen only
            await asyncio.sleep(0.005)


async def settle(turns: int = 5) -> None:
    """Let what is queued on the loop happen, timers of no length included."""
    for _turn in range(turns):
        await asyncio.sleep(0)


def popup() -> QMenu:
    """The menu that is open."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, *words: str) -> None:
    """Click through `menu` and its submenus by the beginnings of their words, and close it."""
    top = menu
    for depth, word in enumerate(words):
        found = [action for action in menu.actions() if action.text().startswith(word)]
        assert found, f"{word!r} is none of {[action.text() for action in menu.actions()]}"
        below = found[0].menu()
        if depth == len(words) - 1:
            found[0].trigger()
        else:
            assert isinstance(below, QMenu)
            menu = below
    top.close()
