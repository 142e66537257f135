"""Prints what commits and loads cost, and how long the loop waits meanwhile: `python -m tests.bench.storage`."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final

import psutil

from app.adapters.storage import SqliteStore, open_store
from app.domain.address import Endpoint, PeerAddress, single
from app.domain.ban import Ban, DownloaderRef
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Verdict

_MB: Final = 1024 * 1024
_TORRENTS: Final = 100
_WEEK: Final = 7 * 24 * 3600 * 1000
_CLIENTS: Final = (
    "Xunlei 0.0.1.2",
    "-XL0012- dt",
    "hp/torrent 1.0",
    "StellarPlayer 1.4",
    "go.torrent",
)
_SEEDS: Final = [
    Torrent(id=f"{n:040x}", hash=f"{n:040x}", name=f"Torrent {n}", size=10**9)
    for n in range(_TORRENTS)
]


def ban(number: int, at: int, downloader: DownloaderRef) -> Ban:
    """A ban as a sweep makes it: a peer's own address, three answers in its trace."""
    ip = IPv4Address(0x0B000000 + number)
    endpoint = Endpoint(ip, 1024 + number % 60000)
    client = _CLIENTS[number % len(_CLIENTS)]
    passed = Verdict(rule="ip-address-blocker", reason=Text("passed", {"address": str(ip)}))
    hit = Verdict(
        rule="client-name-blacklist",
        action=Action.BAN,
        duration=_WEEK,
        title=Text("rule-client", {"name": client}),
        reason=Text("client-matches", {"client": client, "rule": client[:4]}),
        saw=Text("client", {"client": client}),
        allows=Text("not-contains", {"text": client[:4]}),
        data={"clientName": client, "rule": {"method": "CONTAINS", "content": client[:4]}},
    )
    first = Verdict(rule="peer-id-blacklist", reason=Text("passed", {"id": "-qB4520-"}))
    return Ban(
        prefix=single(ip),
        since=at,
        until=at + _WEEK,
        verdict=hit,
        trace=(passed, first, hit),
        downloader=downloader,
        torrent=_SEEDS[number % _TORRENTS],
        peer=Peer(
            address=PeerAddress(raw=endpoint, effective=endpoint),
            peer_id="-XL0012-",
            client_name=client,
            progress=0.25,
            uploaded=number * 1000,
            downloaded=0,
            upload_rate=50_000,
            flags=PeerFlags.INTERESTING | PeerFlags.FROM_DHT,
            country="de",
        ),
    )


@dataclass(slots=True)
class Lag:
    """The longest time for which the loop did not get its turn, in seconds."""

    worst: float = 0.0

    async def watch(self, ended: asyncio.Event) -> None:
        """Ask for a turn each millisecond until `ended`."""
        while not ended.is_set():
            asked = time.perf_counter()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - asked - 0.001)


async def timed(name: str, work: Coroutine[Any, Any, object]) -> None:
    """Run `work` and print how long it took and how long the loop waited meanwhile."""
    lag, ended = Lag(), asyncio.Event()
    started, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lag.watch(ended), name="lag")
        await work
        ended.set()
    wall = (time.perf_counter() - started) * 1000
    busy = (time.process_time() - cpu) * 1000
    print(f"{name:42}{wall:9.1f} ms {busy:9.1f} ms CPU   loop waited {lag.worst * 1000:5.1f} ms")


async def measure(folder: Path) -> None:
    """Fill a new database and read it back."""
    path = folder / "peerwarden.db"
    store = await open_store(path)
    ref = DownloaderRef(id="one", name="One", kind="qBittorrent")
    batches = [
        [ban(i, start, ref) for i in range(start, start + 10_000)]
        for start in range(0, 50_000, 10_000)
    ]
    await timed("nothing, for 0.3 s", asyncio.sleep(0.3))
    for batch in batches:
        await timed("commit 10,000 bans with history", store.commit_bans(batch, ()))
    for number in range(3):
        await timed("commit 1 ban", store.commit_bans([ban(60_000 + number, 1, ref)], ()))
    await timed("own 10,000 entries", store.change_owned("one", [b.prefix for b in batches[0]], ()))
    await timed("a page of the history", store.history(offset=0, limit=100))
    await timed("a page far down", store.history(offset=40_000, limit=100))
    await timed(
        "remove 10,000 bans by hand",
        store.commit_bans((), [b.prefix for b in batches[0]], undone_at=5),
    )
    await timed("put them back", store.commit_bans(batches[0], (), record=False))
    await store.close()
    del batches
    print(f"{'file':42}{path.stat().st_size / _MB:9.1f} MB")
    await _load(path)


async def _load(path: Path) -> None:
    process = psutil.Process()
    opening: list[SqliteStore] = []

    async def reopen() -> None:
        opening.append(await open_store(path))

    await timed("open", reopen())
    loaded: list[object] = []

    async def load() -> None:
        loaded.append(await opening[0].load_bans())

    before = process.memory_info().rss
    await timed("load 50,003 bans", load())
    print(f"{'memory that they take':42}{(process.memory_info().rss - before) / _MB:9.1f} MB")
    await opening[0].close()


if __name__ == "__main__":
    load = (
        ", ".join(f"{part:.1f}" for part in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    )
    gc.disable()  # a collection stops all threads, whoever makes it necessary: bootstrap's matter
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {load}")
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(measure(Path(place)))
