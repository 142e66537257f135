"""Our adapter on a fake, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.adapters.downloaders.rtorrent.downloader import RTorrent
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import RTORRENT
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.rtorrent.fake import FakeRTorrent, ScgiServer

NOW = 1_700_000_000_000


def settings(endpoint: str, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered."""
    return DownloaderSettings(id="rt", type=RTORRENT, endpoint=endpoint, **changes)


@asynccontextmanager
async def opened(
    fake: FakeRTorrent,
    **changes: Any,  # noqa: ANN401 - of the settings
) -> AsyncIterator[RTorrent]:
    """Over SCGI; both ends are closed at the end."""
    server = ScgiServer(fake)
    await server.start()
    downloader = RTorrent(settings(server.url, **changes), surroundings(clock=lambda: NOW))
    try:
        yield downloader
    finally:
        await downloader.close()
        await server.stop()
