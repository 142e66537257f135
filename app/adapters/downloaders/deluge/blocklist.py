"""The way through Deluge's bundled Blocklist plugin, which fetches our list: IPv4 addresses only, estimated bytes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Final

import msgspec

from app.adapters.downloaders.announce import server_of
from app.adapters.downloaders.deluge.core_peers import CorePeers
from app.adapters.downloaders.deluge.list_place import ListPlace
from app.adapters.downloaders.deluge.own import wait_for_method
from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.way import Seen, Torrents
from app.adapters.downloaders.deluge.wire import PEERS_KEY, BlocklistConfig, BlocklistStatus
from app.adapters.downloaders.former_list import is_ours
from app.domain.address import Prefix
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import NeedsAction, ProtocolMismatch
from app.services.ports import Facts, Push, Shelf
from app.settings.downloader import DownloaderSettings

log = logging.getLogger(__name__)

NAME: Final = "Blocklist"
_CAPABILITIES: Final = Capabilities(
    ipv6=False,
    prefixes=False,
    mapped=False,
    lasting=False,
    peer_ids=False,
    counters=False,
    flags=False,
    totals=False,
)
_NOBODY: Final = "255.255.255.255"
"""Stands in every list, as one without a line is none to Deluge, and a daemon without a list is one that restarted."""
_SECONDS_TO_FETCH: Final = 30.0
_LOOKS: Final = 100
_BETWEEN_LOOKS: Final = 0.1
"""Seconds."""


class BlocklistWay:
    """A `Way` by the Blocklist plugin.

    Its rules are only ever added. An address is let in again by whitelisting it for a moment, which takes its rule
    off; which ones those are is remembered, as they could not be banned again after a crash in between.
    """

    plugin = NAME
    capabilities = _CAPABILITIES
    keys: tuple[str, ...] = (PEERS_KEY,)

    def __init__(
        self,
        rpc: Rpc,
        core_peers: CorePeers,
        settings: DownloaderSettings,
        shelf: Shelf,
        facts: Facts,
        *,
        near: bool,
    ) -> None:
        """`near`: the daemon runs on this machine."""
        self._rpc, self._core_peers = rpc, core_peers
        self._id, self._may_replace = settings.id, settings.replace_blocklist
        self._shelf, self._near = shelf, near
        self._left_over = LeftOver(facts, settings.id)
        self._place = ListPlace(rpc, facts, settings.id)
        self._imported = False
        self.advice: Text | None = Text("deluge-blocklist-only")

    async def prepare(self, enabled: Collection[str]) -> None:
        """Have the plugin run there; raises NeedsAction when it is not there or serves the user's own list."""
        is_new = NAME not in enabled
        if is_new:
            if NAME not in await self._rpc.call("core.get_available_plugins", kind=list[str]):
                raise NeedsAction(Text("deluge-no-plugin"))
            await self._rpc.call("core.enable_plugin", NAME, kind=object)
        if not await wait_for_method(self._rpc, "blocklist.get_config"):
            raise NeedsAction(Text("deluge-no-plugin"))
        url = (await self._config()).url or ""
        # While we serve nothing it cannot be told whose it is; `apply` looks again.
        if self._may_replace or self._url is None or self._is_free(url):
            return
        if is_new:
            await self._rpc.call("core.disable_plugin", NAME, kind=object)
        raise NeedsAction(Text("deluge-blocklist-taken"))

    async def look(self, torrents: Torrents) -> Seen:
        status = await self._status()
        restarted = self._imported and status.num_blocked == 0 and status.state == "Idle"
        return Seen(self._core_peers.read(torrents), restarted)

    async def apply(self, push: Push) -> None:
        config = await self._config()
        if push.wanted:
            await self._have_ours_read(push, config)
        else:
            await self._leave(push, config)
        self._imported = bool(push.wanted)

    async def _leave(self, push: Push, config: BlocklistConfig) -> None:
        """Have nothing of ours banned there, and the user's own list in its place."""
        url = config.url or ""
        is_there = _is_of_us(url, self._url)
        if not is_there and not await self._place.was_taken():
            return
        if url and not is_there:
            # The user has set it meanwhile, or we did and a crash came before it was read.
            await self._lift(push.removed, config, lambda: self._place.have_theirs_read(url))
            await self._place.forget()
        else:
            await self._have_ours_read(push, config)
            await self._place.give_back()

    async def _have_ours_read(self, push: Push, config: BlocklistConfig) -> None:
        url = self._url
        if url is None:
            raise NeedsAction(Text("deluge-blocklist-unserved"))
        lines = await asyncio.to_thread(_lines, push.wanted)
        self._shelf.put(self._id, "".join(lines).encode())
        if config.url != url:
            before = config.url or ""
            if not (self._may_replace or self._is_free(before)):
                raise NeedsAction(Text("deluge-blocklist-taken"))
            await self._place.take(before, url)
        await self._lift(push.removed, config, lambda: self._import(url, len(lines)))

    async def _lift(
        self,
        removed: Collection[Prefix],
        config: BlocklistConfig,
        have_read: Callable[[], Awaitable[None]],
    ) -> None:
        """Let in `removed` while `have_read` has a list read that bans them no more."""
        left_over = await self._left_over.recall()
        own = [ip for ip in config.whitelisted if ip not in left_over]
        # It has no rules before its first import, and fails when it is told of exceptions to them.
        lets_in = (await self._status()).num_blocked > 0
        lifted = await asyncio.to_thread(_singles, removed) if lets_in else []
        # Those that the user lets in anyway have no rule, and stay on their list.
        freed = [ip for ip in lifted if ip not in own]
        if freed or left_over:
            await self._left_over.remember([*left_over, *freed])
        if freed:
            await self._whitelist([*own, *freed])
        await have_read()
        if freed or left_over:
            await self._whitelist(own)
            await _wait_until_idle(self._rpc)
            await self._left_over.remember([])

    async def _import(self, url: str, lines: int) -> None:
        """Have it fetch and read our list; raises NeedsAction when it did not come for it."""
        try:
            async with asyncio.timeout(_SECONDS_TO_FETCH):
                await self._rpc.call("blocklist.check_import", True, kind=object)
        except TimeoutError:
            raise NeedsAction(
                Text("deluge-blocklist-unfetched", {"address": server_of(url)})
            ) from None
        if not self._shelf.fetched(self._id):
            # It has read its old copy instead, and says nothing of that.
            raise NeedsAction(Text("deluge-blocklist-unfetched", {"address": server_of(url)}))
        read = (await self._status()).num_blocked
        if read != lines:
            raise ProtocolMismatch(Text("deluge-blocklist-misread", {"read": read, "sent": lines}))

    async def _whitelist(self, ips: list[str]) -> None:
        await self._rpc.call("blocklist.set_config", {"whitelisted": ips}, kind=object)

    async def _config(self) -> BlocklistConfig:
        return await self._rpc.call("blocklist.get_config", kind=BlocklistConfig)

    async def _status(self) -> BlocklistStatus:
        return await _status_of(self._rpc)

    def _is_free(self, url: str) -> bool:
        """Whether there is no list, or the one that we serve to it."""
        return not url or _same_list(url, self._url)

    @property
    def _url(self) -> str | None:
        return self._shelf.url(self._id, near=self._near)


class LeftOver:
    """Remembers which exceptions are ours, as they shall last for a moment only."""

    def __init__(self, facts: Facts, downloader_id: str) -> None:
        self._facts, self._key = facts, f"deluge-whitelisted/{downloader_id}"

    async def recall(self) -> list[str]:
        """Those that may still stand there."""
        text = await self._facts.recall(self._key)
        try:
            return msgspec.json.decode(text, type=list[str]) if text else []
        except msgspec.DecodeError:
            log.warning("what was remembered of exceptions in Deluge is unreadable")
            return []

    async def remember(self, ips: list[str]) -> None:
        """These, from now on."""
        text = msgspec.json.encode(ips).decode() if ips else None
        await self._facts.remember(self._key, text)


async def retire(rpc: Rpc, shelf: Shelf, facts: Facts, downloader_id: str) -> None:
    """Have the plugin fetch our list and let our exceptions in no more, as another way bans from now on.

    A list of the user's that ours replaced is given back. One that stands there and exceptions of the user's stay.
    """
    config = await rpc.call("blocklist.get_config", kind=BlocklistConfig)
    place, url = ListPlace(rpc, facts, downloader_id), config.url or ""
    if _is_of_us(url, shelf.url(downloader_id, near=True)):
        await place.give_back()
    elif await place.was_taken():
        await place.have_theirs_read(url)
        await place.forget()
    left_over = LeftOver(facts, downloader_id)
    if ours := await left_over.recall():
        kept = [ip for ip in config.whitelisted if ip not in ours]
        await rpc.call("blocklist.set_config", {"whitelisted": kept}, kind=object)
        await _wait_until_idle(rpc)
        await left_over.remember([])


async def _wait_until_idle(rpc: Rpc) -> None:
    """It reads its list anew by itself after exceptions were taken off: what comes in between would be lost."""
    for _ in range(_LOOKS):
        if (await _status_of(rpc)).state == "Idle":
            return
        await asyncio.sleep(_BETWEEN_LOOKS)


async def _status_of(rpc: Rpc) -> BlocklistStatus:
    return await rpc.call("blocklist.get_status", kind=BlocklistStatus)


def _same_list(url: str, ours: str | None) -> bool:
    """Whether both mean the list of one downloader: whatever leads there, its name is the same in every run."""
    return bool(ours) and url.rpartition("/")[2] == (ours or "").rpartition("/")[2]


def _is_of_us(url: str, ours: str | None) -> bool:
    """Whether `url` leads to our list; any of a PeerWarden counts while we serve nothing."""
    return is_ours(url) if ours is None else _same_list(url, ours)


def _lines(wanted: Iterable[Prefix]) -> list[str]:
    """A list as PeerGuardian has it."""
    ips = [*_singles(wanted), _NOBODY]
    return [f"PeerWarden:{ip}-{ip}\n" for ip in ips]


def _singles(prefixes: Iterable[Prefix]) -> list[str]:
    return [str(p.network_address) for p in prefixes if p.version == 4]  # noqa: PLR2004 - IP version
