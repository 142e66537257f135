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
from tests.adapters.downloaders.subject import SwarmSubject


class FakeSubject(SwarmSubject):
    """The fake as the contract wants it."""

    torrent_hash = HASH.lower()
    torrent_size = SIZE
    keeps_foreign = True

    def __init__(self, fake: FakeRTorrent, server: ScgiServer | Site) -> None:
        super().__init__(fake.swarm, server.server if isinstance(server, Site) else server)
        self._fake = fake
        self.around: Surroundings = surroundings()
        self.settings = settings(server.url)
        self.wrong: DownloaderSettings | None = None
        if isinstance(server, Site):
            self.settings = replace(self.settings, username="user", password=Secret(PASSWORD))
            self.wrong = replace(self.settings, password=Secret("wrong"))

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
        await super().stop()
        self._fake.restart()


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
