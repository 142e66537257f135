"""Our adapter on a fake, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.adapters.downloaders.biglybt.downloader import BiglyBT
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.biglybt.fake import TOKEN, FakeBiglyBT

NOW = 1_700_000_000_000


def settings(fake: FakeBiglyBT, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered."""
    given = {"token": Secret(TOKEN), "increment_ban": True, **changes}
    return DownloaderSettings(id="bbt", type="biglybt", endpoint=fake.server.url, **given)


@asynccontextmanager
async def opened(fake: FakeBiglyBT, **changes: Any) -> AsyncIterator[BiglyBT]:  # noqa: ANN401 - as above
    """Closed at the end."""
    downloader = BiglyBT(settings(fake, **changes), surroundings(clock=lambda: NOW))
    try:
        yield downloader
    finally:
        await downloader.close()
