"""The way through PBH's adapter plugin: single addresses, full peers of the torrents that move."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from app.adapters.downloaders.deluge.core_peers import CorePeers
from app.adapters.downloaders.deluge.peers import from_adapter
from app.adapters.downloaders.deluge.rpc import OF_DAEMON, Rpc, RpcFailure
from app.adapters.downloaders.deluge.way import Seen, Torrents
from app.adapters.downloaders.deluge.wire import (
    AdapterBlocklist,
    AdapterPeer,
    AdapterTorrent,
    SessionCounters,
)
from app.domain.address import InvalidAddress, Prefix, Translation, is_single, parse_ip, single
from app.domain.capabilities import Capabilities
from app.domain.peer import Peer
from app.domain.reason import Text
from app.services.ports import Push

log = logging.getLogger(__name__)

NAME: Final = "PeerBanHelperAdapter"
_PREFIX: Final = "peerbanhelperadapter"
METHODS: Final = frozenset(
    f"{_PREFIX}.{name}"
    for name in ("replace_blocklist", "unban_ips", "get_active_torrents_info", "ban_ips")
)
"""Without which it is of no use."""
_CAPABILITIES: Final = Capabilities(prefixes=False, mapped=False, totals=False)
_COUNTERS: Final = ("net.sent_bytes", "net.recv_bytes")


class AdapterWay:
    """A `Way` by PBH's plugin, 1.2.0 and later."""

    plugin = NAME
    capabilities = _CAPABILITIES
    keys: tuple[str, ...] = ()

    def __init__(
        self,
        rpc: Rpc,
        translation: Translation,
        core_peers: CorePeers,
        *,
        increment: bool,
        shares_filter: bool,
        follows: bool,
    ) -> None:
        """`shares_filter`: Deluge's own Blocklist plugin writes to the same filter.

        `follows`: we banned in another way there before, so that it does not know of bans of ours.
        """
        self._rpc, self._translation, self._core_peers = rpc, translation, core_peers
        self._increment, self._shares_filter, self._follows = increment, shares_filter, follows
        self.advice: Text | None = Text(
            "deluge-adapter-with-blocklist" if shares_filter else "deluge-adapter-only"
        )
        self._counters = SessionCounters()
        self._fails = False

    async def look(self, torrents: Torrents) -> Seen:
        del torrents
        restarted = await self._has_restarted()
        try:
            active = await self._rpc.call(
                f"{_PREFIX}.get_active_torrents_info", kind=list[AdapterTorrent]
            )
        except RpcFailure as failure:
            # One active magnet link without metadata makes the whole listing fail (reference/downloaders.md 6.2).
            if failure.code != OF_DAEMON:
                raise
            if not self._fails:
                log.warning("PBH's plugin cannot list the peers: %s", failure.reason)
            self._fails = True
            return Seen(await self._core_peers.ask(), restarted)
        self._fails = False
        peers = {torrent.id: self._read(torrent.peers) for torrent in active}
        return Seen(peers, restarted)

    async def apply(self, push: Push) -> None:
        if self._increment and not push.everything:
            await self._unban(await _spelled(push.removed))
            await self._ban(await _spelled(push.added))
            return
        held = (await self._rpc.call(f"{_PREFIX}.get_blocklist", kind=AdapterBlocklist)).ips
        wanted = await _spelled(push.wanted)
        standing, foreign = await asyncio.to_thread(_sorted_out, held, push.owned)
        if not self._shares_filter:
            await self._rpc.call(f"{_PREFIX}.replace_blocklist", wanted + foreign, kind=object)
            return
        # Replacing would wipe the rules of Deluge's Blocklist plugin. What the plugin holds already it does not
        # write again, so that is let go first.
        if self._follows:
            standing = await _spelled(push.owned)
            await self._ban(standing)
            self._follows = False
        await self._unban(standing)
        await self._ban(wanted)

    def _read(self, wires: Sequence[AdapterPeer]) -> Iterator[Peer]:
        found = (from_adapter(wire, self._translation) for wire in wires)
        return (peer for peer in found if peer is not None)

    async def _ban(self, ips: list[str]) -> None:
        if ips:
            await self._rpc.call(f"{_PREFIX}.ban_ips", ips, kind=object)

    async def _unban(self, ips: list[str]) -> None:
        if ips:
            await self._rpc.call(f"{_PREFIX}.unban_ips", ips, kind=object)

    async def _has_restarted(self) -> bool:
        """Whether the daemon counts less than before: somebody else let deluge-web connect to it again."""
        before = self._counters
        now = await self._rpc.call("core.get_session_status", list(_COUNTERS), kind=SessionCounters)
        self._counters = now
        return now.sent < before.sent or now.received < before.received


async def release(rpc: Rpc, owned: Collection[Prefix]) -> None:
    """Let go what PBH's plugin still bans for us, as another way bans from now on."""
    held = (await rpc.call(f"{_PREFIX}.get_blocklist", kind=AdapterBlocklist)).ips
    ours, _ = await asyncio.to_thread(_sorted_out, held, owned)
    if ours:
        await rpc.call(f"{_PREFIX}.unban_ips", ours, kind=object)


def _sorted_out(held: Collection[str], owned: Collection[Prefix]) -> tuple[list[str], list[str]]:
    """Of what stands there, what is ours and what is not, as it stands there."""
    ours: list[str] = []
    foreign: list[str] = []
    for text in held:
        try:
            known = single(parse_ip(text)) in owned
        except InvalidAddress:
            known = False
        (ours if known else foreign).append(text)
    return ours, foreign


async def _spelled(prefixes: Collection[Prefix]) -> list[str]:
    return await asyncio.to_thread(_spell, prefixes)


def _spell(prefixes: Collection[Prefix]) -> list[str]:
    return [str(prefix.network_address) for prefix in prefixes if is_single(prefix)]
