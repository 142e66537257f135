"""The one place for a list that the Blocklist plugin has: taken from its user for ours, and given back."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from app.adapters.downloaders.deluge.rpc import OF_DAEMON, Rpc, RpcFailure
from app.adapters.downloaders.former_list import Former, FormerList
from app.services.ports import Facts

log = logging.getLogger(__name__)

_SECONDS_TO_READ: Final = 10.0
"""A list of the user's may be large or gone; the daemon goes on when nobody waits any more."""


class ListPlace:
    """That of one daemon; what was there is forgotten last, so that whatever a crash cuts short can be done again."""

    def __init__(self, rpc: Rpc, facts: Facts, downloader_id: str) -> None:
        self._rpc = rpc
        self._former = FormerList(facts, f"deluge-blocklist/{downloader_id}")

    async def take(self, before: str, url: str) -> None:
        """Put `url`, which is ours, where `before` stands."""
        await self._former.remember(Former(before))
        await self._set(url)

    async def was_taken(self) -> bool:
        """Whether we put ours there and have not given the place back since."""
        return await self._former.recall() is not None

    async def give_back(self) -> None:
        """Put there what stood before, or nothing, and have it read."""
        before = await self._former.recall()
        url = "" if before is None else before.url
        await self._set(url)
        await self.have_theirs_read(url)
        await self.forget()

    async def have_theirs_read(self, url: str) -> None:
        """Have the user's list, which stands there, fetched; where that fails nothing of ours is missing."""
        if not url:
            return
        try:
            async with asyncio.timeout(_SECONDS_TO_READ):
                await self._rpc.call("blocklist.check_import", True, kind=object)
        except TimeoutError:
            log.warning("Deluge has not read its user's own blocklist yet")
        except RpcFailure as failure:
            if failure.code != OF_DAEMON:
                raise
            log.warning("Deluge does not read its user's own blocklist: %s", failure.reason)

    async def forget(self) -> None:
        """The place is the user's again."""
        await self._former.forget()

    async def _set(self, url: str) -> None:
        await self._rpc.call("blocklist.set_config", {"url": url}, kind=object)
