"""The peers of one torrent, turned into ours anew only where something changed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from app.adapters.downloaders.effort import Effort
from app.domain.peer import Peer

W = TypeVar("W", bound=Struct)


class PeerTable(Generic[W]):
    """As last reported; `read` makes a peer of what came over the wire, or nothing of what is none."""

    __slots__ = ("_known", "_read", "_wires", "peers")

    def __init__(self, read: Callable[[W], Peer | None]) -> None:
        self._read = read
        self.peers: tuple[Peer, ...] = ()
        """The very same tuple while nothing changes; equal peers stay the same object."""
        self._wires: Mapping[str, W] = {}
        self._known: dict[str, Peer] = {}

    async def update(self, wires: Mapping[str, W], effort: Effort) -> None:
        """Take over an answer as a whole, by what tells its peers apart; an interrupted call changes nothing."""
        known: dict[str, Peer] = {}
        for key, wire in wires.items():
            if effort.due():
                await effort.rest()
            old = self._known.get(key)
            peer = old if self._wires.get(key) == wire else self._read(wire)
            if peer is not None:
                known[key] = old if old is not None and peer == old else peer
        peers = tuple(known.values())
        self._wires, self._known = wires, known
        if len(peers) != len(self.peers) or not all(map(operator.is_, peers, self.peers)):
            self.peers = peers

    def clear(self) -> None:
        """It has none any more."""
        self.peers, self._wires, self._known = (), {}, {}

    def shown(self) -> Iterator[tuple[W, Peer]]:
        """Each peer with what it was made of."""
        return ((self._wires[key], peer) for key, peer in self._known.items())
