"""What one downloader showed at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import is_not

from msgspec import Struct

from app.domain.address import IPAddress
from app.domain.peer import Peer
from app.domain.torrent import Torrent


class TorrentPeers(Struct, frozen=True, kw_only=True, gc=False):
    """A torrent and its peers; a peer that did not change is the same object as in the snapshot before."""

    torrent: Torrent
    peers: tuple[Peer, ...]
    """The very same tuple as before when nothing was asked or nothing changed."""
    judged: bool = True
    """False when its peers shall not be judged: a private torrent that the user wants left alone."""


class Snapshot(Struct, frozen=True, kw_only=True, gc=False):
    """All torrents that a downloader reported, and those of their peers that we know."""

    at: int
    """Epoch milliseconds."""
    torrents: tuple[TorrentPeers, ...]
    upload_rate: int = 0
    """Bytes per second over all torrents."""
    download_rate: int = 0
    all_time_uploaded: int | None = None
    """Bytes over the downloader's whole life, as it counts them itself; None when it does not say."""
    all_time_downloaded: int | None = None
    external: tuple[IPAddress, ...] = ()
    """Addresses by which the internet knows the downloader, as far as it says."""
    requests: int = 0
    """HTTP requests that this snapshot took."""
    received: int = 0
    """Bytes of their answers."""
    fetch_time: float = 0.0
    """Seconds of waiting and transport."""
    decode_time: float = 0.0
    """Seconds of decoding and translating."""


def differing(now: Sequence[Peer], before: Sequence[Peer]) -> tuple[list[Peer], list[Peer]]:
    """The peers that only one of two snapshots has, each by itself.

    To compare objects takes a tenth of finding each by its endpoint, and most stand where they stood.
    """
    both = min(len(now), len(before))
    moved = [*compress(now, map(is_not, now, before)), *now[both:]]
    stood = [*compress(before, map(is_not, before, now)), *before[both:]]
    known, live = set(map(id, stood)), set(map(id, moved))
    return (
        [peer for peer in moved if id(peer) not in known],
        [peer for peer in stood if id(peer) not in live],
    )
