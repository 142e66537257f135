"""BiglyBT and Vuze keep the promises that every downloader makes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

import pytest

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.biglybt.fake import HASH, SIZE, FakeBiglyBT, fake_biglybt
from tests.adapters.downloaders.biglybt.opened import settings
from tests.adapters.downloaders.contract import DownloaderContract, Subject
from tests.adapters.downloaders.subject import SwarmSubject


class FakeSubject(SwarmSubject):
    """The fake as the contract wants it."""

    torrent_hash = HASH
    torrent_size = SIZE
    keeps_foreign = True

    def __init__(self, fake: FakeBiglyBT, *, increment: bool = True) -> None:
        super().__init__(fake.swarm, fake)
        self._fake = fake
        self.settings = settings(fake, increment_ban=increment)
        self.around: Surroundings = surroundings()
        self.wrong: DownloaderSettings | None = settings(fake, token=Secret("of yesterday"))

    async def add_foreign(self, entry: Prefix) -> None:
        self._fake.filter[entry] = None

    async def foreign(self) -> Collection[Prefix]:
        return tuple(self._fake.filter)


class TestBiglyBT(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_biglybt() as fake:
            yield FakeSubject(fake)


class TestVuze(DownloaderContract):
    """And with whole lists instead of single changes."""

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_biglybt("Vuze") as fake:
            yield FakeSubject(fake, increment=False)
