"""Exceptions: peers that are never judged, or not by one rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.address import IPAddress, Prefix
from app.domain.peer import Peer
from app.domain.sighting import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerException:
    """Spares the peers that fit every scope given; a scope left out fits all."""

    id: str
    prefix: Prefix | None = None
    client: str | None = None
    """Start of the client name, case does not count."""
    peer_id: str | None = None
    """Start of the peer id, case does not count."""
    torrent: str | None = None
    """Info hash, case does not count."""
    downloader: str | None = None
    """Id."""
    rule: str | None = None
    """Only this rule is silenced for the peer; all others judge it."""
    until: int | None = None
    """Epoch milliseconds; None for ever."""
    note: str = ""
    configured: bool = False
    """From `ignore-peers-from-addresses` of profile.yml, and changed only there."""

    def covers(self, sighting: Sighting) -> bool:
        """Whether every scope but the rule fits; its end is the caller's business."""
        peer = sighting.peer
        return (
            (self.prefix is None or any(_inside(ip, self.prefix) for ip in addresses(peer)))
            and (self.client is None or _starts(peer.client_name, self.client))
            and (self.peer_id is None or _starts(peer.peer_id, self.peer_id))
            and (self.torrent is None or self.torrent.lower() == sighting.torrent.hash.lower())
            and (self.downloader is None or self.downloader == sighting.downloader)
        )

    @property
    def unconditional(self) -> bool:
        """Whether it spares all of its prefix, whoever is there."""
        return self.prefix is not None and not any(
            scope is not None
            for scope in (self.client, self.peer_id, self.torrent, self.downloader, self.rule)
        )

    def in_force(self, now: int) -> bool:
        """Whether it has not ended; `now` in epoch ms."""
        return self.until is None or now < self.until


def addresses(peer: Peer) -> Iterator[IPAddress]:
    """Where a peer is, after translation and as the downloader says."""
    yield peer.address.ip
    if peer.address.raw.ip != peer.address.ip:
        yield peer.address.raw.ip


def _inside(ip: IPAddress, prefix: Prefix) -> bool:
    return ip.version == prefix.version and ip in prefix


def _starts(text: str | None, start: str) -> bool:
    return (text or "").lower().startswith(start.lower())
