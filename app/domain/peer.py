"""One remote peer as a downloader reported it."""

from __future__ import annotations

from msgspec import Struct

from app.domain.address import PeerAddress
from app.domain.flags import PeerFlags


class Peer(Struct, frozen=True, kw_only=True, gc=False):
    """A peer of one torrent at one instant; sizes in bytes, rates in bytes per second, -1 when unknown."""

    address: PeerAddress
    peer_id: str | None = None
    """Raw id read as ISO-8859-1, or the part of it that the downloader shows."""
    client_name: str | None = None
    progress: float = 0.0
    """Share that the peer claims to have, from 0.0 to 1.0."""
    uploaded: int = -1
    """Bytes that we have sent to it."""
    downloaded: int = -1
    """Bytes that we have from it."""
    estimated: bool = False
    """Whether these two are integrated from rates, as the downloader does not count them."""
    upload_rate: int = 0
    download_rate: int = 0
    flags: PeerFlags | None = None
    handshaking: bool = False
    """No data moves yet. Clients that do not tell count an idle peer as handshaking (reference/rules.md 1.7)."""
    country: str = ""
    """Two-letter code from the downloader, lower case; empty when it does not say."""


def same_identity(one: Peer, other: Peer) -> bool:
    """Whether identity rules see no difference."""
    return (
        one.peer_id == other.peer_id
        and one.client_name == other.client_name
        and one.handshaking == other.handshaking
        and (one.address is other.address or one.address == other.address)
    )
