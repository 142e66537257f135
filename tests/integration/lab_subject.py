"""The contract of all downloaders on a real daemon: `Subject` over the lab and its forged peers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.services.ports import Downloader, Push
from app.settings.downloader import DownloaderSettings
from tests.adapters.downloaders.contract import PATIENCE
from tests.integration.lab import Daemon, LabOf
from tests.swarm.events import Event, Seen
from tests.swarm.scenario import Behaviour
from tests.swarm.swarm import Swarm

D = TypeVar("D", bound=Daemon)

XUNLEI = Behaviour(peer_id="-XL0012-", client="Xunlei 0.0.1.2", rate=262_144)
"""How the forged peers behave: they take data, and go on doing so."""
LONGEST = 600.0
"""Seconds that a swarm lives when nobody ends it."""
_TURNS = frozenset({Seen.CONNECTED, Seen.DROPPED, Seen.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEntries:
    """How a test reads and writes a daemon's ban list as its user would; the calls may block."""

    add: Callable[[Prefix], None]
    read: Callable[[], Collection[Prefix]]


@dataclass(slots=True, kw_only=True)
class LabSubject(Generic[D]):
    """A `Subject` of one test, to be entered as a context: its swarms end with it, the daemon stays as it is."""

    lab: LabOf[D]
    settings: DownloaderSettings
    around: Surroundings
    wrong: DownloaderSettings | None = None
    foreign_entries: ForeignEntries | None = None
    behaviour: Behaviour = XUNLEI
    _exits: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _swarms: dict[str, Swarm] = field(default_factory=dict)
    """By the addresses of their peers."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self._exits.close)

    @property
    def torrent_hash(self) -> str:
        return self.lab.torrent.info_hash

    @property
    def torrent_size(self) -> int:
        return self.lab.torrent.size

    @property
    def keeps_foreign(self) -> bool:
        return self.foreign_entries is not None

    async def meet(self, *ips: str) -> None:
        for family in ([ip for ip in ips if ":" not in ip], [ip for ip in ips if ":" in ip]):
            if family:
                swarm = self.lab.peers(*family, behaviour=self.behaviour, duration=LONGEST)
                self._exits.enter_context(swarm)
                self._swarms.update(dict.fromkeys(family, swarm))
        # Else a daemon that still shows the peers of a test before could be taken to show these.
        for ip in ips:
            await self._wait(ip, lambda last: last.seen in _TURNS)

    async def wait_dropped(self, ip: str) -> None:
        asked = time.time()
        await self._wait(ip, lambda last: last.seen is Seen.REFUSED and last.at >= asked)

    async def wait_back(self, ip: str) -> None:
        await self._wait(ip, lambda last: last.seen is Seen.CONNECTED)

    async def add_foreign(self, entry: Prefix) -> None:
        assert self.foreign_entries is not None
        await asyncio.to_thread(self.foreign_entries.add, entry)

    async def foreign(self) -> Collection[Prefix]:
        assert self.foreign_entries is not None
        return await asyncio.to_thread(self.foreign_entries.read)

    async def stop(self) -> None:
        await asyncio.to_thread(self.lab.daemon.stop)

    async def kill(self) -> None:
        await asyncio.to_thread(self.lab.daemon.kill)

    async def start(self) -> None:
        await asyncio.to_thread(self.lab.daemon.start)

    def events(self, ip: str) -> list[Event]:
        """What the peer at `ip` saw so far, oldest first."""
        return [event for event in self._swarms[ip].events() if event.ip == ip]

    async def seconds_to_drop(self, downloader: Downloader, push: Push, *ips: str) -> float:
        """Push a ban of the peers at `ips`, who are connected, and return how long the last of them stayed."""
        started = time.time()
        await downloader.apply(push)
        drops = []
        for ip in ips:
            cut = await self._first(ip, Seen.DROPPED, started)
            drops.append(cut.at - started)
        return max(drops)

    async def _first(self, ip: str, seen: Seen, after: float) -> Event:
        end = time.monotonic() + PATIENCE
        while True:
            for event in self.events(ip):
                if event.seen is seen and event.at >= after:
                    return event
            assert time.monotonic() < end, f"{ip} was not {seen}: {self._story(ip)}"
            await asyncio.sleep(0.05)

    async def _wait(self, ip: str, wanted: Callable[[Event], bool]) -> None:
        """Until what the peer at `ip` saw last is as wanted."""
        end = time.monotonic() + PATIENCE
        while True:
            turns = [event for event in self.events(ip) if event.seen in _TURNS]
            if turns and wanted(turns[-1]):
                return
            assert time.monotonic() < end, f"{ip} saw {self._story(ip)}"
            await asyncio.sleep(0.05)

    def _story(self, ip: str) -> list[str]:
        return [event.line() for event in self.events(ip)][-10:]
