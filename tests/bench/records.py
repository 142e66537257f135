"""Prints what a day of records writes with 10,000 live peers: `python -m tests.bench.records`."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

import psutil
from msgspec import structs

from app.adapters.config_files import ConfigFiles
from app.adapters.storage import SqliteStore, open_store
from app.domain.address import Endpoint, PeerAddress
from app.domain.decision import Decision
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.domain.verdict import Action
from app.services.events import EventBus, JudgedPeer, PeerKey, Swept, Timings
from app.services.ports import Settings
from app.services.records import Records
from app.services.settings import SettingsBook
from tests.bench.figures import Figure, percentile, table

_PEERS: Final = 10_000
_ACTIVE: Final = 1_000
"""Peers that transfer in any minute."""
_LEAVING: Final = 50
"""Peers that are replaced by new ones each minute: 72,000 visits a day."""
_MINUTES: Final = 24 * 60
_MINUTE: Final = 60_000
_START: Final = 1_785_542_400_000
_TORRENTS: Final = [
    Torrent(id=f"{n:040x}", hash=f"{n:040x}", name=f"Torrent {n}", size=10**9) for n in range(100)
]
_FLAGS: Final = [parse_flags(letters) for letters in ("d X", "D I E", "K ? I", "u H P", "U O L e")]
_PASSED: Final = Decision(Action.NO_ACTION, None, 0, ())
_BLINK: Final = 0.001
_MB: Final = 1024 * 1024


class Crowd:
    """Peers that come, transfer and go; the same each time."""

    def __init__(self) -> None:
        self._next = 0
        self.live = [self._born() for _ in range(_PEERS)]
        self._turn = self._oldest = 0

    def minute(self, at: int) -> Swept:
        """What a minute's sweeps found."""
        changed, gone = {}, set()
        for _ in range(_LEAVING):
            gone.add(self.live[self._oldest].key)
            self.live[self._oldest] = new = self._born()
            changed[new.key] = new
            self._oldest = (self._oldest + 1) % _PEERS
        for step in range(_ACTIVE):
            place = (self._turn + step) % _PEERS
            old = self.live[place]
            peer = structs.replace(
                old.peer,
                uploaded=old.peer.uploaded + 600_000,
                flags=_FLAGS[(place + at // _MINUTE) % len(_FLAGS)],
            )
            self.live[place] = changed[old.key] = structs.replace(old, peer=peer)
        self._turn += _ACTIVE // 20  # who transfers changes slowly
        return Swept(
            downloader="one",
            snapshot=Snapshot(
                at=at,
                torrents=(),
                all_time_uploaded=at // 1_000 * 10_000_000,
                all_time_downloaded=0,
            ),
            changed=changed,
            gone=frozenset(gone),
            peers=_PEERS,
            to_good=0,
            to_banned=0,
            bans=(),
            timings=Timings(),
        )

    def _born(self) -> JudgedPeer:
        number, self._next = self._next, self._next + 1
        endpoint = Endpoint(IPv4Address(0x0B000000 + number * 2_654_435_761 % 2**28), 6881)
        torrent = _TORRENTS[number % len(_TORRENTS)]
        peer = Peer(
            address=PeerAddress(raw=endpoint, effective=endpoint),
            peer_id="-qB4650-",
            client_name="qBittorrent/4.6.5",
            uploaded=0,
            downloaded=0,
            flags=_FLAGS[number % len(_FLAGS)],
        )
        return JudgedPeer(PeerKey("one", torrent.id, endpoint), torrent, peer, _PASSED, 0)


async def watch_loop(steps: list[float]) -> None:
    """Note what the loop's thread worked between two blinks, whatever else the machine does; seconds."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(_BLINK)
        steps.append(time.thread_time() - before)


async def day(folder: Path, steps: list[float]) -> SqliteStore:
    """A day of sweeps over a fresh database, which is closed at the end."""
    now = _START
    files, bus = ConfigFiles(folder), EventBus()
    config, profile = files.load()
    store = await open_store(folder / "peerwarden.db")
    records = Records(
        store=store,
        settings=SettingsBook(files, Settings(config=config, profile=profile), bus),
        limiters=dict,
        bus=bus,
        clock=lambda: now,
    )
    crowd = Crowd()
    first = {each.key: each for each in crowd.live}
    bus.publish(structs.replace(crowd.minute(now), changed=first))
    gc.disable()  # as in the program, which collects by itself
    for minute in range(_MINUTES):
        now = _START + minute * _MINUTE
        bus.publish(crowd.minute(now))
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch_loop(steps))
            await records.attend()
            watching.cancel()
    await records.close()
    await store.close()
    return store


def main() -> int:
    """Run it; 1 when a budget is missed."""
    process = psutil.Process()
    steps: list[float] = []
    with tempfile.TemporaryDirectory(prefix="peerwarden-bench-") as name:
        before, cpu = process.io_counters().write_chars, process.cpu_times()
        started = time.perf_counter()
        asyncio.run(day(Path(name), steps))
        took = time.perf_counter() - started
        written = process.io_counters().write_chars - before
        busy = process.cpu_times()
        size = (Path(name) / "peerwarden.db").stat().st_size
    figures = [
        Figure("written, the log and the file together", written / _MB, "MB", 1_000),
        Figure("the same, an hour", written / _MB / 24, "MB"),
        Figure("database after the day", size / _MB, "MB", 60),
        Figure("CPU for the day", busy.user - cpu.user + busy.system - cpu.system, "s", 120),
        Figure(
            "work between two turns of the loop, p99.9", percentile(steps, 0.999) * 1000, "ms", 16
        ),
        Figure("the same, longest", max(steps) * 1000, "ms"),
    ]
    title = (
        f"{_PEERS} live peers, {_ACTIVE} of them active, {_LEAVING * _MINUTES} visits: {took:.0f} s"
    )
    print(table(title, figures))
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
