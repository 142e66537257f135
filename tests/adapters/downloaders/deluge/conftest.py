"""What tests of the Blocklist plugin share: a fake with it, the lists that it fetches, and our adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.adapters.downloaders.deluge.downloader import Deluge
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.deluge.fake import FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened
from tests.adapters.downloaders.transmission.shelf import ServedShelf, served_shelf
from tests.services.record_fakes import MemoryFacts


@dataclass
class Scene:
    fake: FakeDeluge
    shelf: ServedShelf
    facts: MemoryFacts = field(default_factory=MemoryFacts)

    @asynccontextmanager
    async def opened(self, **changes: Any) -> AsyncIterator[Deluge]:  # noqa: ANN401 - of the settings
        around = surroundings(shelf=self.shelf, facts=self.facts)
        async with opened(self.fake, around, **changes) as downloader:
            yield downloader

    def blocks(self, ip: str) -> bool:
        return self.fake.libtorrent.filter.access(ip) == 1


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with fake_deluge() as fake, served_shelf() as shelf:
        yield Scene(fake, shelf)
