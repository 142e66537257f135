"""Sightings for tests of rules about behaviour, with everything that does not matter filled in."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.peer import Peer
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from tests.domain.examples import UBUNTU, peer

DEBIAN = Torrent(id="bb" * 20, hash="bb" * 20, name="debian.iso", size=700_000_000, progress=0.5)


def sighting(
    ip: str = "203.0.113.9",
    *,
    at: int = 0,
    port: int = 6881,
    torrent: Torrent = UBUNTU,
    downloader: str = "nas",
    **about: object,
) -> Sighting:
    """One look at a peer; `about` are fields of the peer."""
    seen: Peer = replace(peer(ip, port), **about)
    return Sighting(at=at, downloader=downloader, torrent=torrent, peer=seen)
