"""Takes care of what one way has banned when another one follows it, so that each ban ends when it shall."""

from __future__ import annotations

from collections.abc import Collection

from app.adapters.downloaders.deluge import adapter, blocklist
from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.way import Way
from app.domain.address import Prefix
from app.services.ports import Facts, Shelf


class Handover:
    """Remembers by which plugin we ban at one downloader, and for what was left there by the one before."""

    def __init__(self, rpc: Rpc, shelf: Shelf, facts: Facts, downloader_id: str) -> None:
        self._rpc, self._shelf, self._facts = rpc, shelf, facts
        self._id, self._key = downloader_id, f"deluge-way/{downloader_id}"

    async def follows(self, plugin: str) -> bool:
        """Whether another one than `plugin` banned last."""
        return await self._facts.recall(self._key) not in (None, plugin)

    async def prepare(self, way: Way, enabled: Collection[str], owned: Collection[Prefix]) -> None:
        """Have the others ban nothing more of ours, of which `owned` is all; before the first list of `way`."""
        if not await self.follows(way.plugin):
            return
        if way.plugin != blocklist.NAME and blocklist.NAME in enabled:
            await blocklist.retire(self._rpc, self._shelf, self._facts, self._id)
        if way.plugin != adapter.NAME and adapter.NAME in enabled:
            await adapter.release(self._rpc, owned)

    async def done(self, way: Way) -> None:
        """All that is banned there is banned by `way`."""
        if await self._facts.recall(self._key) != way.plugin:
            await self._facts.remember(self._key, way.plugin)
