"""One look at one peer: what rules judge."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.peer import Peer
from app.domain.torrent import Torrent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A peer of a torrent at a downloader at one instant."""

    at: int
    """Epoch milliseconds."""
    downloader: str
    """Id; empty for an invented peer."""
    torrent: Torrent
    peer: Peer
