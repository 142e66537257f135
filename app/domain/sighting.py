"""One look at one peer: what rules judge."""

from __future__ import annotations

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
