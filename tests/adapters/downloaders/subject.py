"""What the contract's subjects over fakes have in common: a simulated swarm around something that starts and stops."""

from __future__ import annotations

from typing import Protocol

from tests.adapters.downloaders.simulated import SimulatedSwarm


class Startable(Protocol):
    """A fake downloader, or its server."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class SwarmSubject:
    """The half of a `Subject` that is the same for all of them."""

    def __init__(self, swarm: SimulatedSwarm, server: Startable) -> None:
        self._swarm, self._server = swarm, server

    async def meet(self, *ips: str) -> None:
        self._swarm.meet(*ips)

    async def wait_dropped(self, ip: str) -> None:
        await self._swarm.wait_dropped(ip)

    async def wait_back(self, ip: str) -> None:
        await self._swarm.wait_back(ip)

    async def stop(self) -> None:
        await self._server.stop()

    async def kill(self) -> None:
        await self.stop()

    async def start(self) -> None:
        await self._server.start()
