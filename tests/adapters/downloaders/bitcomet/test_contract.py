"""BitComet keeps the promises that every downloader makes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

import pytest

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix, parse_prefix, show
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.bitcomet.fake import HASH, SIZE, FakeBitComet, fake_bitcomet
from tests.adapters.downloaders.bitcomet.opened import settings
from tests.adapters.downloaders.contract import DownloaderContract, Subject
from tests.adapters.downloaders.subject import SwarmSubject


class FakeSubject(SwarmSubject):
    """The fake as the contract wants it."""

    torrent_hash = HASH
    torrent_size = SIZE
    keeps_foreign = True

    def __init__(self, fake: FakeBitComet) -> None:
        super().__init__(fake.swarm, fake)
        self._fake = fake
        self.settings = settings(fake)
        self.around: Surroundings = surroundings()
        self.wrong: DownloaderSettings | None = settings(fake, password=Secret("wrong"))

    async def add_foreign(self, entry: Prefix) -> None:
        self._fake.put([*self._fake.lines, show(entry)])

    async def foreign(self) -> Collection[Prefix]:
        return tuple(map(parse_prefix, self._fake.lines))


class TestBitComet(DownloaderContract):
    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_bitcomet() as fake:
            yield FakeSubject(fake)
