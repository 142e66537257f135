"""Deluge keeps the promises that every downloader makes, in each of the three ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from ipaddress import ip_network
from typing import Any

import pytest

from app.adapters.downloaders.surroundings import Surroundings
from app.domain.address import Prefix
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import DownloaderContract, Subject
from tests.adapters.downloaders.deluge.fake import ADAPTER, HASH, SIZE, FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import settings
from tests.adapters.downloaders.subject import SwarmSubject
from tests.adapters.downloaders.transmission.shelf import served_shelf


class FakeSubject(SwarmSubject):
    """The fake as the contract wants it."""

    torrent_hash = HASH
    torrent_size = SIZE

    def __init__(self, fake: FakeDeluge, around: Surroundings, **changes: Any) -> None:  # noqa: ANN401
        super().__init__(fake.swarm, fake)
        self._fake = fake
        self.settings = settings(fake, **changes)
        self.around = around
        self.wrong: DownloaderSettings | None = settings(fake, password=Secret("wrong"))

    @property
    def keeps_foreign(self) -> bool:
        return ADAPTER in self._fake.enabled

    async def add_foreign(self, entry: Prefix) -> None:
        self._fake.adapter_ips.add(str(entry.network_address))

    async def foreign(self) -> Collection[Prefix]:
        return {ip_network(ip) for ip in self._fake.adapter_ips}

    async def kill(self) -> None:
        await self._fake.kill()


class TestAdapter(DownloaderContract):
    """PBH's plugin."""

    @pytest.fixture(params=["alone", "beside Blocklist", "whole lists"])
    async def subject(self, request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
        others = ["Blocklist"] if request.param == "beside Blocklist" else []
        async with fake_deluge(ADAPTER, *others) as fake:
            increment = request.param != "whole lists"
            yield FakeSubject(fake, surroundings(), increment_ban=increment)


class TestOurs(DownloaderContract):
    """Our own plugin."""

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_deluge() as fake:
            yield FakeSubject(fake, surroundings(), allow_plugin=True)


class TestBundled(DownloaderContract):
    """The Blocklist plugin."""

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        async with fake_deluge() as fake, served_shelf() as shelf:
            yield FakeSubject(fake, surroundings(shelf=shelf))
