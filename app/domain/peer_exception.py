"""Exceptions: peers that are never judged."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.address import Prefix
from app.domain.peer import Peer
from app.domain.torrent import Torrent


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerException:
    """Spares the peers that fit every scope given; a scope left out fits all."""

    id: str
    prefix: Prefix | None = None
    client: str | None = None
    """Start of the client name, case does not count."""
    torrent: str | None = None
    """Info hash."""
    until: int | None = None
    """Epoch milliseconds; None for ever."""
    note: str = ""
    configured: bool = False
    """From `ignore-peers-from-addresses` of profile.yml, and changed only there."""

    def covers(self, peer: Peer, torrent: Torrent) -> bool:
        """Whether it spares `peer` on `torrent`; its end is the caller's business."""
        if self.prefix is not None and not _inside(peer, self.prefix):
            return False
        if self.client is not None and not (peer.client_name or "").lower().startswith(
            self.client.lower()
        ):
            return False
        return self.torrent is None or self.torrent == torrent.hash


def _inside(peer: Peer, prefix: Prefix) -> bool:
    return any(
        ip.version == prefix.version and ip in prefix
        for ip in (peer.address.ip, peer.address.raw.ip)
    )
