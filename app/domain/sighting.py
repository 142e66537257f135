"""One look at one peer: what rules judge; and several looks at once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.domain.peer import Peer
from app.domain.torrent import Torrent


class Sighting(Struct, frozen=True, kw_only=True, gc=False):
    """A peer of a torrent at a downloader at one instant."""

    at: int
    """Epoch milliseconds."""
    downloader: str
    """Id; empty for an invented peer."""
    torrent: Torrent
    peer: Peer


class Batch:
    """Sightings that are judged together, with the columns that many rules look at."""

    __slots__ = ("endpoints", "keys", "peers", "sightings")

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.sightings = sightings
        self.peers = [sighting.peer for sighting in sightings]
        self.endpoints = [peer.address.effective for peer in self.peers]
        self.keys = [endpoint.key for endpoint in self.endpoints]
        """`address_key` of the addresses that rules see."""

    def __len__(self) -> int:
        return len(self.sightings)
