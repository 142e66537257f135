"""Our adapter on a fake, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.adapters.downloaders.deluge.downloader import Deluge
from app.adapters.downloaders.surroundings import Surroundings
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DELUGE
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.deluge.fake import PASSWORD, FakeDeluge


def settings(fake: FakeDeluge, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered."""
    given = {
        "password": Secret(PASSWORD),
        "rpc_url": "/json",
        "increment_ban": True,
        **changes,
    }
    return DownloaderSettings(id="de", type=DELUGE, endpoint=fake.server.url, **given)


@asynccontextmanager
async def opened(
    fake: FakeDeluge,
    around: Surroundings | None = None,
    **changes: Any,  # noqa: ANN401 - its fields
) -> AsyncIterator[Deluge]:
    """Closed at the end."""
    downloader = Deluge(settings(fake, **changes), around or surroundings())
    try:
        yield downloader
    finally:
        await downloader.close()
