"""The contract's subject over the fake."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.settings.downloader import DownloaderSettings
from tests.adapters.downloaders.contract import PATIENCE
from tests.adapters.downloaders.transmission.conftest import settings_for
from tests.adapters.downloaders.transmission.fake import SIZE, FakePeer, FakeTransmission


@dataclass
class FakeSubject:
    """A fake daemon and whoever comes to it."""

    fake: FakeTransmission
    around: Surroundings

    @property
    def settings(self) -> DownloaderSettings:
        return settings_for(self.fake)

    @property
    def wrong(self) -> DownloaderSettings:
        return settings_for(self.fake, password="wrong")

    @property
    def torrent_hash(self) -> str:
        return self.fake.torrents[0].hash

    @property
    def torrent_size(self) -> int:
        return SIZE

    @property
    def keeps_foreign(self) -> bool:
        return False

    async def meet(self, *ips: str) -> None:
        self.fake.torrents[0].peers += [FakePeer(ip) for ip in ips]

    async def wait_dropped(self, ip: str) -> None:
        await self._wait(ip, connected=False)

    async def wait_back(self, ip: str) -> None:
        await self._wait(ip, connected=True)

    async def add_foreign(self, entry: Prefix) -> None:
        raise NotImplementedError

    async def foreign(self) -> Collection[Prefix]:
        raise NotImplementedError

    async def stop(self) -> None:
        await self.fake.stop()

    async def kill(self) -> None:
        await self.fake.stop()

    async def start(self) -> None:
        await self.fake.start()

    async def _wait(self, ip: str, *, connected: bool) -> None:
        (peer,) = (peer for peer in self.fake.torrents[0].peers if peer.ip == ip)
        async with asyncio.timeout(PATIENCE):
            while peer.connected is not connected or peer.refused is connected:
                self.fake.pulse()
                await asyncio.sleep(0.01)
