"""What tests of Transmission's adapter share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.adapters.downloaders.transmission.downloader import Transmission
from app.adapters.downloaders.transmission.rpc import Rpc
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.transmission.fake import PASSWORD, USER, FakeTransmission, running
from tests.adapters.downloaders.transmission.shelf import ServedShelf, served_shelf
from tests.services.record_fakes import MemoryFacts


def settings_for(
    fake: FakeTransmission, *, password: str = PASSWORD, replace_blocklist: bool = False
) -> DownloaderSettings:
    """How it lets us in, unless another password is given."""
    return DownloaderSettings(
        id="lab",
        type="transmission",
        endpoint=fake.url,
        rpc_url="/transmission/rpc",
        username=USER,
        password=Secret(password),
        replace_blocklist=replace_blocklist,
    )


@pytest.fixture
def version() -> str:
    """What the fake is; tests give another one where it matters."""
    return "4.1.3 (3c6e3e2fd5)"


@pytest.fixture
async def fake(version: str) -> AsyncIterator[FakeTransmission]:
    """A daemon that answers."""
    async with running(version) as fake:
        yield fake


@pytest.fixture
async def shelf() -> AsyncIterator[ServedShelf]:
    """Where it fetches its list."""
    async with served_shelf() as shelf:
        yield shelf


@pytest.fixture
def facts() -> MemoryFacts:
    """What survives us."""
    return MemoryFacts()


@pytest.fixture
async def rpc(fake: FakeTransmission) -> AsyncIterator[Rpc]:
    """Calls to it."""
    rpc = Rpc(settings_for(fake))
    yield rpc
    await rpc.exchange.close()


@pytest.fixture
async def downloader(
    fake: FakeTransmission, shelf: ServedShelf, facts: MemoryFacts
) -> AsyncIterator[Transmission]:
    """Our adapter for it."""
    around = surroundings(shelf=shelf, facts=facts)
    downloader = Transmission(settings_for(fake), around)
    yield downloader
    await downloader.close()
