"""Our adapter on a fake, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.adapters.downloaders.bitcomet.downloader import BitComet
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.bitcomet.fake import PASSWORD, USER, FakeBitComet

NOW = 1_700_000_000_000


def settings(fake: FakeBitComet, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered."""
    given = {"username": USER, "password": Secret(PASSWORD), **changes}
    return DownloaderSettings(id="bc", type="bitcomet", endpoint=fake.server.url, **given)


@asynccontextmanager
async def opened(fake: FakeBitComet, **changes: Any) -> AsyncIterator[BitComet]:  # noqa: ANN401 - as above
    """Closed at the end."""
    downloader = BitComet(settings(fake, **changes), surroundings(clock=lambda: NOW))
    try:
        yield downloader
    finally:
        await downloader.close()
