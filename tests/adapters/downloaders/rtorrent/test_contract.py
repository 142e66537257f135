"""rTorrent keeps the promises that every downloader makes, over SCGI and through a web server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from ipaddress import ip_address, summarize_address_range
from pathlib import Path

import pytest

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import DownloaderContract, Subject
from tests.adapters.downloaders.rtorrent.fake import (
    HASH,
    PASSWORD,
    SIZE,
    FakeRTorrent,
    ScgiServer,
    Site,
    fake_rtorrent,
)
from tests.adapters.downloaders.rtorrent.opened import settings


class FakeSubject:
    """The fake as the contract wants it."""

    torrent_hash = HASH.lower()
    torrent_size = SIZE
    keeps_foreign = True

    def __init__(self, fake: FakeRTorrent, server: ScgiServer | Site) -> None:
        self._fake = fake
        self._server = server.server if isinstance(server, Site) else server
        self.around: Surroundings = surroundings()
        self.settings = settings(server.url)
        self.wrong: DownloaderSettings | None = None
        if isinstance(server, Site):
            self.settings = replace(self.settings, username="user", password=Secret(PASSWORD))
            self.wrong = replace(self.settings, password=Secret("wrong"))

    async def meet(self, *ips: str) -> None:
        self._fake.swarm.meet(*ips)

    async def wait_dropped(self, ip: str) -> None:
        await self._fake.swarm.wait_dropped(ip)

    async def wait_back(self, ip: str) -> None:
        await self._fake.swarm.wait_back(ip)

    async def add_foreign(self, entry: Prefix) -> None:
        self._fake.put(str(entry.network_address))

    async def foreign(self) -> Collection[Prefix]:
        spans = [line.partition(" ")[0].partition("-") for line in self._fake.filtered()]
        return {
            prefix
            for first, _, last in spans
            for prefix in summarize_address_range(ip_address(first), ip_address(last))
        }

    async def stop(self) -> None:
        await self._server.stop()
        self._fake.restart()

    async def kill(self) -> None:
        await self.stop()

    async def start(self) -> None:
        await self._server.start()


class TestOverScgi(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_rtorrent() as fake:
            server = ScgiServer(fake)
            await server.start()
            try:
                yield FakeSubject(fake, server)
            finally:
                await server.stop()


class TestOverASocketFile(DownloaderContract):
    @pytest.fixture
    async def subject(self, tmp_path: Path) -> AsyncIterator[Subject]:
        async with fake_rtorrent() as fake:
            server = ScgiServer(fake, tmp_path / "rpc")
            await server.start()
            try:
                yield FakeSubject(fake, server)
            finally:
                await server.stop()


class TestThroughAWebServer(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_rtorrent() as fake:
            site = Site(fake)
            await site.server.start()
            try:
                yield FakeSubject(fake, site)
            finally:
                await site.server.stop()
