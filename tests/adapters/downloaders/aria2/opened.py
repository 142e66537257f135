"""Our adapter on a fake, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.adapters.downloaders.aria2.downloader import Aria2
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import ARIA2, ARIA2_NEXT
from app.settings.secret import Secret
from tests.adapters.downloaders.aria2.fake import SECRET, FakeAria2
from tests.adapters.downloaders.around import surroundings


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


def settings(fake: FakeAria2, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered who knows which of the two it is."""
    kind = ARIA2_NEXT if fake.product else ARIA2
    given = {"type": kind, "token": Secret(SECRET), "endpoint": fake.url, **changes}
    return DownloaderSettings(id="a2", **given)


@asynccontextmanager
async def opened(
    fake: FakeAria2,
    clock: Clock | None = None,
    **changes: Any,  # noqa: ANN401 - as above
) -> AsyncIterator[Aria2]:
    """Closed at the end."""
    around = surroundings(clock=clock or Clock())
    downloader = Aria2(settings(fake, **changes), around)
    try:
        yield downloader
    finally:
        await downloader.close()
