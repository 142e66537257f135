"""Peers as the daemon itself tells them, without any plugin."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from app.adapters.downloaders.deluge.peers import from_core
from app.adapters.downloaders.deluge.rpc import Rpc
from app.adapters.downloaders.deluge.way import Torrents
from app.adapters.downloaders.deluge.wire import PEERS_KEY, CorePeer, TorrentWire
from app.adapters.downloaders.estimates import Estimates
from app.domain.address import Translation
from app.domain.peer import Peer


class CorePeers:
    """Reads them and estimates their bytes."""

    def __init__(self, rpc: Rpc, translation: Translation) -> None:
        self._rpc, self._translation = rpc, translation
        self._estimates = Estimates()

    async def ask(self) -> Mapping[str, Iterator[Peer]]:
        """Those of all torrents, by the torrent's id."""
        kind = dict[str, TorrentWire]
        return self.read(
            await self._rpc.call("core.get_torrents_status", {}, [PEERS_KEY], kind=kind)
        )

    def read(self, torrents: Torrents) -> Mapping[str, Iterator[Peer]]:
        """Those of torrents that were asked for them."""
        now = time.monotonic()
        self._estimates.tidy(now)
        return {key: self._each(key, wire.peers, now) for key, wire in torrents.items()}

    def _each(self, torrent_id: str, wires: list[CorePeer], now: float) -> Iterator[Peer]:
        for wire in wires:
            peer = from_core(wire, self._translation, torrent_id, self._estimates, now)
            if peer is not None:
                yield peer
