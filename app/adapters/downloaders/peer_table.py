"""The peers of one torrent, turned into ours anew only where something changed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import compress
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
        self._wires: dict[str, W] = {}
        self._known: dict[str, Peer] = {}

    async def update(self, wires: dict[str, W], effort: Effort) -> None:
        """Take over an answer as a whole, and `wires` with it, by what tells its peers apart.

        An interrupted call changes nothing.
        """
        before = self._wires
        # Most are equal, so they are compared in C: a tenth of a loop over them.
        olds = list(map(before.get, wires))
        same = list(map(operator.eq, olds, wires.values()))
        changed = list(compress(wires, map(operator.not_, same)))
        # Those that stay have texts which they share with their peers already.
        wires.update(compress(zip(wires, olds, strict=True), same))  # type: ignore[arg-type]  # none is None
        gone = before.keys() - wires.keys()
        if not changed and not gone:
            return
        known = self._known.copy()
        for key in gone:
            known.pop(key, None)
        for key in changed:
            if effort.due():
                await effort.rest()
            old, peer = known.pop(key, None), self._read(wires[key])
            if peer is not None:
                known[key] = old if old is not None and peer == old else peer
        peers = tuple([peer for peer in map(known.get, wires) if peer is not None])
        self._wires, self._known = wires, known
        if len(peers) != len(self.peers) or not all(map(operator.is_, peers, self.peers)):
            self.peers = peers

    def clear(self) -> None:
        """It has none any more."""
        self.peers, self._wires, self._known = (), {}, {}

    def shown(self) -> Iterator[tuple[W, Peer]]:
        """Each peer with what it was made of."""
        return ((self._wires[key], peer) for key, peer in self._known.items())
