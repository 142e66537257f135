"""The way through our own plugin: blocks of both IP families, full peers, exact unbans."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from app.adapters.downloaders.deluge.egg import NAME, PREFIX, build_egg
from app.adapters.downloaders.deluge.peers import from_own
from app.adapters.downloaders.deluge.rpc import Rpc, RpcFailure
from app.adapters.downloaders.deluge.way import Seen, Torrents
from app.adapters.downloaders.deluge.wire import OwnPeer, OwnPeers
from app.domain.address import Prefix, Translation
from app.domain.capabilities import Capabilities
from app.domain.peer import Peer
from app.domain.reason import Text
from app.services.errors import NeedsAction
from app.services.ports import Push

log = logging.getLogger(__name__)

_CAPABILITIES: Final = Capabilities(mapped=False, lasting=False, totals=False)
_LARGE: Final = 500
"""Entries that take about 2 ms to spell."""
_LOOKS: Final = 50
_BETWEEN_LOOKS: Final = 0.1
"""Seconds. deluge-web reads the list of methods anew a moment after a plugin was enabled."""


class OwnWay:
    """A `Way` by our plugin."""

    plugin = NAME
    capabilities = _CAPABILITIES
    advice: Text | None = None
    keys: tuple[str, ...] = ()

    def __init__(self, rpc: Rpc, translation: Translation, *, follows: bool) -> None:
        """`follows`: we banned in another way there before, so that bans of ours stand there as if they were not."""
        self._rpc, self._translation, self._follows = rpc, translation, follows
        self._instance = ""
        self._held: int | None = None

    async def look(self, torrents: Torrents) -> Seen:
        del torrents
        answer = await self._rpc.call(f"{PREFIX}.get_peers", kind=OwnPeers)
        known, self._instance = self._instance, answer.instance
        restarted = known not in ("", answer.instance) or self._held not in (None, answer.bans)
        peers = {torrent_id: self._read(rows) for torrent_id, rows in answer.peers.items()}
        return Seen(peers, restarted)

    async def apply(self, push: Push) -> None:
        method = f"{PREFIX}.replace_bans"
        if not push.everything:
            added, removed = await _spelled(push.added), await _spelled(push.removed)
            changed = f"{PREFIX}.change_bans"
            self._held = await self._rpc.call(changed, added, removed, kind=int)
        if push.everything or self._held != len(push.wanted):
            wanted = await _spelled(push.wanted)
            left = await _spelled(push.owned) if self._follows else []
            self._held = await self._rpc.call(method, wanted, left, kind=int)
            self._follows = False

    def _read(self, rows: Sequence[OwnPeer]) -> Iterator[Peer]:
        found = (from_own(row, self._translation) for row in rows)
        return (peer for peer in found if peer is not None)


async def is_ours(rpc: Rpc, enabled: Collection[str]) -> bool:
    """Whether our plugin runs there, in this version or a newer one."""
    if NAME not in enabled:
        return False
    version = await rpc.call(f"{PREFIX}.get_version", kind=int)
    log.debug("Deluge has version %d of our plugin", version)
    return version >= (await asyncio.to_thread(build_egg)).version


async def install(rpc: Rpc, enabled: Collection[str]) -> None:
    """Have our plugin run there in this version, in place of an older one; the user has allowed it.

    Raises NeedsAction when the daemon does not take it.
    """
    egg = await asyncio.to_thread(build_egg)
    content = base64.b64encode(egg.content).decode()
    try:
        if NAME in enabled:
            await rpc.call("core.disable_plugin", NAME, kind=object)
        await rpc.call("core.upload_plugin", egg.file_name, content, kind=object)
        await rpc.call("core.rescan_plugins", kind=object)
        await rpc.call("core.enable_plugin", NAME, kind=object)
        now = await rpc.call("core.get_enabled_plugins", kind=list[str])
    except RpcFailure as failure:
        log.warning("Deluge does not take the plugin: %s", failure.reason)
        raise NeedsAction(Text("deluge-plugin-refused")) from failure
    loaded = NAME in now and await wait_for_method(rpc, f"{PREFIX}.get_peers")
    if not loaded or not await is_ours(rpc, now):
        raise NeedsAction(Text("deluge-plugin-refused"))
    log.info("version %d of our plugin was installed in Deluge", egg.version)


async def wait_for_method(rpc: Rpc, method: str) -> bool:
    """Whether deluge-web passes `method` on, within a few seconds."""
    for _ in range(_LOOKS):
        if method in await rpc.call("system.listMethods", kind=list[str]):
            return True
        await asyncio.sleep(_BETWEEN_LOOKS)
    return False


async def _spelled(prefixes: Collection[Prefix]) -> list[str]:
    if len(prefixes) > _LARGE:
        return await asyncio.to_thread(_spell, prefixes)
    return _spell(prefixes)


def _spell(prefixes: Collection[Prefix]) -> list[str]:
    return list(map(str, prefixes))
