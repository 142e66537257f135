"""Takes what we put into a downloader out of it again, before it is watched no more."""

from __future__ import annotations

import asyncio

from app.domain.address import Prefix
from app.services.connection_test import connected_in_time
from app.services.errors import TooLate
from app.services.ports import Downloader, DownloaderStore, Push
from app.services.sweep import close_soon
from app.settings.downloader import DownloaderSettings


async def withdraw(
    downloader: Downloader, settings: DownloaderSettings, store: DownloaderStore
) -> None:
    """Lift all bans of ours there and close; what the user banned there stays. Raises DownloaderError, StorageError."""
    try:
        connection = await connected_in_time(downloader)
        owned = await store.owned(settings.id)
        if not connection.capabilities.bans:
            return
        nothing: frozenset[Prefix] = frozenset()
        push = Push(wanted=nothing, added=nothing, removed=owned, owned=owned, everything=True)
        try:
            async with asyncio.timeout(settings.sweep_deadline / 1000):
                await downloader.apply(push)
        except TimeoutError:
            raise TooLate from None
        await store.change_owned(settings.id, (), owned)
    finally:
        await close_soon(downloader, settings.name)
