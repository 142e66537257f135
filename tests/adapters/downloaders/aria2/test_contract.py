"""Aria2Next and aria2 keep the promises that every downloader makes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

import pytest

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.services.clock import wall_clock
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.aria2.fake import HASH, SIZE, FakeAria2, fake_aria2
from tests.adapters.downloaders.aria2.opened import settings
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import DownloaderContract, Subject
from tests.adapters.downloaders.subject import SwarmSubject


class FakeSubject(SwarmSubject):
    """The fake as the contract wants it."""

    torrent_hash = HASH
    torrent_size = SIZE
    keeps_foreign = False
    """There is one list, which is ours, and no way to read it."""

    def __init__(self, fake: FakeAria2) -> None:
        super().__init__(fake.swarm, fake.server)
        self._fake = fake
        self.settings = settings(fake)
        self.around: Surroundings = surroundings(clock=wall_clock)
        self.wrong: DownloaderSettings | None = settings(fake, token=Secret("wrong"))

    async def add_foreign(self, entry: Prefix) -> None:
        raise NotImplementedError

    async def foreign(self) -> Collection[Prefix]:
        raise NotImplementedError

    async def stop(self) -> None:
        await self._fake.restart()


class TestAria2Next(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_aria2() as fake:
            yield FakeSubject(fake)


class TestAria2(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_aria2(product="") as fake:
            yield FakeSubject(fake)
