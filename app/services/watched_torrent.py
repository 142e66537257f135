"""One torrent's place in the peer book: its peers, and the bytes per second that go to good ones and to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.address import Endpoint
from app.domain.snapshot import TorrentPeers
from app.services.events import JudgedPeer


@dataclass(slots=True)
class WatchedTorrent:
    """Those who are there, with the decisions about them."""

    seen: TorrentPeers
    peers: dict[Endpoint, JudgedPeer]
    to_good: int = 0
    to_banned: int = 0

    left: tuple[Endpoint, ...] | None = None
    """Where somebody was who may be gone; None when nobody looked."""

    def add_up(self) -> None:
        """Count all rates anew."""
        self.to_good = self.to_banned = 0
        for judged in self.peers.values():
            if judged.peer.upload_rate > 0:
                self._count(judged, 1)

    def put(self, judged: JudgedPeer) -> None:
        """Take in one peer, for another of the same endpoint if there is one."""
        raw = judged.key.endpoint
        before = self.peers.get(raw)
        if before is not None and before.peer.upload_rate > 0:
            self._count(before, -1)
        self.peers[raw] = judged
        if judged.peer.upload_rate > 0:
            self._count(judged, 1)

    def welcome(self, newcomers: Sequence[JudgedPeer]) -> None:
        """Take in some who were not there."""
        expected = len(self.peers) + len(newcomers)
        self.peers.update((judged.key.endpoint, judged) for judged in newcomers)
        if len(self.peers) != expected:  # an endpoint was listed twice
            self.add_up()
            return
        for judged in newcomers:
            if judged.peer.upload_rate > 0:
                self._count(judged, 1)

    def drop(self, raw: Endpoint) -> None:
        """Forget one peer."""
        before = self.peers.pop(raw)
        if before.peer.upload_rate > 0:
            self._count(before, -1)

    def _count(self, judged: JudgedPeer, sign: int) -> None:
        rate = judged.peer.upload_rate * sign
        if judged.ban is not None or judged.decision.bans:
            self.to_banned += rate
        else:
            self.to_good += rate
