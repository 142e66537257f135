"""What fake downloaders are made of: a server that can be stopped and killed, and peers that never give up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from app.domain.address import IPAddress, parse_ip

PATIENCE: Final = 10.0
_TICK: Final = 0.02
_PIECE: Final = 65_536


class Server:
    """One HTTP server on loopback, always at the same port."""

    def __init__(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        self._handler = handler
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_route("*", "/{path:.*}", self._handler)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.05)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """End it, whatever is being answered; once is enough."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


@dataclass(slots=True)
class SimulatedPeer:
    """One of the swarm; it takes data while it is connected and tries again and again while it is not."""

    ip: str
    port: int
    address: IPAddress
    connected: bool = False
    ticks: int = 0
    """Since it connected."""
    uploaded: int = 0
    """Bytes that it has had since it connected."""
    refused: int = 0
    """Tries that were turned away since it was connected last."""


class SimulatedSwarm:
    """Peers around one torrent; `allows` is the ban list's word on an address."""

    def __init__(self, allows: Callable[[IPAddress], bool]) -> None:
        self.peers: dict[str, SimulatedPeer] = {}
        self.total = 0
        """Bytes sent to all of them, ever."""
        self.is_up = True
        """Whether there is anybody to connect to."""
        self.each_moment: Callable[[], None] = lambda: None
        """What the downloader does of its own accord."""
        self._allows = allows

    @property
    def connected(self) -> list[SimulatedPeer]:
        return [peer for peer in self.peers.values() if peer.connected]

    def meet(self, *ips: str) -> None:
        for ip in ips:
            self.peers.setdefault(ip, SimulatedPeer(ip, 6881, parse_ip(ip)))

    def drop(self, *peers: SimulatedPeer) -> None:
        for peer in peers:
            peer.connected, peer.refused = False, 0

    def move(self) -> None:
        """Let one moment pass."""
        self.each_moment()
        for peer in self.peers.values():
            if not self.is_up:
                self.drop(peer)
            elif peer.connected:
                peer.ticks += 1
                if peer.ticks > 1:
                    peer.uploaded += _PIECE
                    self.total += _PIECE
            elif self._allows(peer.address):
                peer.connected, peer.ticks, peer.uploaded = True, 0, 0
            else:
                peer.refused += 1

    async def live(self) -> None:
        """Move until cancelled."""
        while True:
            self.move()
            await asyncio.sleep(_TICK)

    async def wait_dropped(self, ip: str) -> None:
        peer = self.peers[ip]
        await until(lambda: not peer.connected and peer.refused > 0, f"{ip} dropped")

    async def wait_back(self, ip: str) -> None:
        await until(lambda: self.peers[ip].connected, f"{ip} back")


async def until(happened: Callable[[], object], what: str) -> None:
    """Wait for it, not for ever."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"{what}: not yet"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def living(swarm: SimulatedSwarm) -> AsyncIterator[None]:
    """Time passes for it."""
    async with asyncio.TaskGroup() as group:
        life = group.create_task(swarm.live(), name="swarm")
        try:
            yield
        finally:
            life.cancel()
