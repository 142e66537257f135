"""What watching costs a real qBittorrent: CPU there, requests and bytes of our sweeps beside a poll of everything.

python -m tests.bench.polling [--seconds N] [--rounds N]

4,000 forged peers take 4 KiB/s each: over 25 torrents, then over 30 of 600. Idle windows, our sweeps and
the plain poll take turns, so that what else the machine does falls on all of them. Needs Linux, root, qbittorrent-nox.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from app.adapters.downloaders import open_downloader
from app.services.clock import wall_clock
from app.services.ports import Downloader
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.bench.figures import Figure, table
from tests.integration.daemon_process import Place
from tests.integration.daemons import QBITTORRENTS, QBittorrentDaemon
from tests.integration.qbittorrent_client import USER
from tests.swarm import bencode
from tests.swarm.namespace import HOST, own_namespace, why_not
from tests.swarm.scenario import Behaviour, Group, Scenario
from tests.swarm.swarm import Swarm
from tests.swarm.torrent import MIB, PIECE, LabTorrent, read_torrent

INTERVAL: Final = 5.0
"""Seconds from one sweep's begin to the next."""
BUDGET: Final = 5.0
"""Percent of a core."""
AT_A_TIME: Final = 8
"""Requests of the plain poll, as many as ours."""
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is seeded to whom."""

    name: str
    torrents: int
    moving: int
    """The first so many of them have the peers that take data."""
    peers: int = 4_000
    onlookers: int = 0
    """Further peers, one on each of so many other torrents, that take nothing."""


SETTINGS: Final = (
    Setting(name="25 torrents", torrents=25, moving=25),
    Setting(name="600 torrents, 30 move", torrents=600, moving=30, onlookers=200),
)


@dataclass(slots=True)
class Spent:
    """What one way of polling cost in all its windows."""

    cpu: list[float] = field(default_factory=list)
    """Of qBittorrent, in percent of a core, by window."""
    sweeps: int = 0
    requests: int = 0
    received: int = 0
    seconds: float = 0.0
    elapsed: float = 0.0
    """Of all its windows."""

    def beyond(self, rest: float) -> float:
        """Percent of a core beyond `rest`."""
        return statistics.fmean(self.cpu) - rest


@dataclass(frozen=True, slots=True)
class Sweep:
    """One look at everything."""

    requests: int
    received: int


Look = Callable[[], Awaitable[Sweep]]


def sparse_torrent(folder: Path, name: str, size: int) -> LabTorrent:
    """A torrent of zeros that takes no room on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    payload = folder / f"{name}.bin"
    with payload.open("wb") as file:
        file.truncate(size)
    digest = hashlib.sha1(bytes(PIECE), usedforsecurity=False).digest()
    content: dict[str, bencode.Value] = {
        "length": size,
        "name": payload.name,
        "piece length": PIECE,
        "pieces": digest * (size // PIECE),
    }
    metainfo = folder / f"{name}.torrent"
    metainfo.write_bytes(bencode.encode({"created by": "swarm lab", "info": content}))
    return read_torrent(metainfo)


def crowd(setting: Setting, torrents: list[LabTorrent], port: int) -> Scenario:
    """Its peers, each at an address of its own."""
    names = tuple(torrent.name for torrent in torrents)
    takers = Group(
        name="takers",
        ips="36.110.0.1",
        count=setting.peers,
        stagger=0.001,
        torrents=names[: setting.moving],
        behaviour=Behaviour(rate=4_096, retries=1_000, retry_delay=1.0),
    )
    onlookers = Group(
        name="onlookers",
        ips="114.114.0.1",
        count=setting.onlookers,
        torrents=names[setting.moving :][: setting.onlookers],
        behaviour=Behaviour(rate=0, retries=1_000, retry_delay=1.0),
    )
    groups = (takers, onlookers) if setting.onlookers else (takers,)
    return Scenario(name="crowd", host=HOST, port=port, groups=groups, duration=3_600.0)


@asynccontextmanager
async def ours(daemon: QBittorrentDaemon) -> AsyncIterator[Look]:
    """Sweeps of the adapter."""
    settings = DownloaderSettings(
        id="bench", endpoint=daemon.url, username=USER, password=Secret(daemon.password)
    )
    downloader: Downloader = open_downloader(settings, around=surroundings(clock=wall_clock))

    async def look() -> Sweep:
        await downloader.connect()
        snapshot = await downloader.snapshot()
        return Sweep(snapshot.requests, snapshot.received)

    try:
        yield look
    finally:
        await downloader.close()


@asynccontextmanager
async def everything(daemon: QBittorrentDaemon) -> AsyncIterator[Look]:
    """A plain poll: the list of torrents, and all the peers of each."""
    async with httpx.AsyncClient(base_url=f"{daemon.url}/api/v2/", timeout=30) as http:
        form = {"username": USER, "password": daemon.password}
        (await http.post("auth/login", data=form)).raise_for_status()
        slots = asyncio.Semaphore(AT_A_TIME)

        async def get(path: str, **query: str) -> httpx.Response:
            async with slots:
                plain = {"Accept-Encoding": "identity"}
                return (await http.get(path, params=query, headers=plain)).raise_for_status()

        async def look() -> Sweep:
            listed = await get("torrents/info")
            asked = [get("sync/torrentPeers", hash=row["hash"]) for row in listed.json()]
            answers = [listed, *await asyncio.gather(*asked)]
            return Sweep(len(answers), sum(len(answer.content) for answer in answers))

        yield look


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def window(pid: int, look: Look | None, seconds: float, spent: Spent) -> None:
    """Poll for so long, or leave it alone, and note what that cost."""
    used, begin = cpu_seconds(pid), time.monotonic()
    end = begin + seconds
    while look is not None and time.monotonic() < end:
        started = time.monotonic()
        found = await look()
        spent.seconds += time.monotonic() - started
        spent.sweeps += 1
        spent.requests += found.requests
        spent.received += found.received
        await asyncio.sleep(max(0.0, min(end, started + INTERVAL) - time.monotonic()))
    await asyncio.sleep(max(0.0, end - time.monotonic()))
    took = time.monotonic() - begin
    spent.cpu.append((cpu_seconds(pid) - used) / took * 100)
    spent.elapsed += took


async def take_turns(
    daemon: QBittorrentDaemon, seconds: float, rounds: int
) -> tuple[Spent, Spent, Spent]:
    """Idle, ours and everything, one after the other, again and again."""
    pid = daemon.process.pid
    idle, swept, polled = Spent(), Spent(), Spent()
    async with ours(daemon) as sweep, everything(daemon) as poll:
        await sweep()  # the first one asks for more than any other
        for _ in range(rounds):
            await window(pid, None, seconds, idle)
            await window(pid, sweep, seconds, swept)
            await window(pid, None, seconds, idle)
            await window(pid, poll, seconds, polled)
    return idle, swept, polled


def report(setting: Setting, peers: int, idle: Spent, swept: Spent, polled: Spent) -> list[Figure]:
    """As rows of a table."""
    rest = statistics.fmean(idle.cpu)
    rows = [
        Figure("peers connected", peers, ""),
        Figure("qBittorrent's CPU at rest", rest, "%"),
        Figure("  spread of its windows", statistics.pstdev(idle.cpu), "%"),
        Figure("our sweeps: extra CPU", swept.beyond(rest), "%", BUDGET),
        Figure("poll of everything: extra CPU", polled.beyond(rest), "%"),
    ]
    for name, spent in (("our sweeps", swept), ("poll of everything", polled)):
        rows += [
            Figure(f"{name}: requests each", spent.requests / spent.sweeps, ""),
            Figure(f"{name}: KiB each", spent.received / spent.sweeps / 1024, "KiB"),
            Figure(f"{name}: time of each", spent.seconds / spent.sweeps * 1000, "ms"),
            # One that takes longer than the interval comes less often, so its share alone flatters it.
            Figure(
                f"{name}: CPU there for each",
                spent.beyond(rest) * spent.elapsed / spent.sweeps * 10,
                "ms",
            ),
        ]
    print(table(f"{setting.name}, {setting.peers:,} peers at 4 KiB/s", rows), flush=True)
    return rows


def connected(daemon: QBittorrentDaemon) -> int:
    """How many peers it has."""
    rows = daemon.api.get("torrents/info").json()
    return sum(row["num_leechs"] + row["num_seeds"] for row in rows)


async def until_all_are_in(daemon: QBittorrentDaemon, peers: int) -> int:
    """Wait until it has them, or for a minute; returns how many."""
    end = time.monotonic() + 60
    while (found := await asyncio.to_thread(connected, daemon)) < peers:
        if time.monotonic() > end:
            break
        await asyncio.sleep(1.0)
    await asyncio.sleep(INTERVAL)  # the first requests of all are not the daily work
    return found


async def measure(
    setting: Setting, place: Place, folder: Path, options: argparse.Namespace
) -> bool:
    """One setting; whether the budget was kept."""
    torrents = [
        sparse_torrent(place.torrents, f"lab{number:03}", 16 * MIB)
        for number in range(setting.torrents)
    ]
    with QBittorrentDaemon(QBITTORRENTS[0], place) as daemon:
        daemon.api.add_many(torrents, daemon.process.inside(place.torrents))
        swarm = Swarm(
            crowd(setting, torrents, daemon.bt_port),
            torrents=place.torrents,
            folder=folder,
            namespace=place.namespace,
        )
        with swarm:
            peers = await until_all_are_in(daemon, setting.peers + setting.onlookers)
            found = await take_turns(daemon, options.seconds, options.rounds)
            rows = report(setting, peers, *found)
    return not any(row.missed for row in rows)


def main() -> int:
    """Measure all settings; 1 when a budget was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.polling", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each window")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if lack := why_not() or QBITTORRENTS[0].why_not():
        print(f"  not measured: {lack}")
        return 0
    kept = []
    with own_namespace() as namespace:
        for number, setting in enumerate(SETTINGS):
            with tempfile.TemporaryDirectory(prefix="peerwarden-bench-") as folder:
                place = Place(shared=Path(folder), namespace=namespace)
                swarm = Path(folder) / f"swarm-{number}"
                kept.append(asyncio.run(measure(setting, place, swarm, options)))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
