"""Keeps torrents and peers the same objects while nothing about them changes, for clients that always tell all."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping

from app.adapters.downloaders.effort import Effort
from app.domain.address import Endpoint
from app.domain.peer import Peer
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent


class Listing:
    """The torrents of one downloader as last reported."""

    def __init__(self) -> None:
        self.torrents: Mapping[str, TorrentPeers] = {}
        """By the torrent's id."""
        self._places: dict[str, dict[Endpoint, Peer]] = {}

    async def take(
        self,
        found: Iterable[tuple[Torrent, Iterable[Peer]]],
        effort: Effort,
        *,
        ignore_private: bool = False,
    ) -> tuple[TorrentPeers, ...]:
        """Take over an answer as a whole; an interrupted call changes nothing. `found` may be made while it is read.

        Peers of private torrents are not judged with `ignore_private`.
        """
        torrents: dict[str, TorrentPeers] = {}
        places: dict[str, dict[Endpoint, Peer]] = {}
        for torrent, peers in found:
            old, before = self.torrents.get(torrent.id), self._places.get(torrent.id, {})
            now: dict[Endpoint, Peer] = {}
            for peer in peers:
                if effort.due():
                    await effort.rest()
                raw = peer.address.raw
                known = before.get(raw)
                now[raw] = known if known == peer and known is not None else peer
            if effort.due():
                await effort.rest()
            torrents[torrent.id] = _same(old, torrent, tuple(now.values()), ignore_private)
            places[torrent.id] = now
        self.torrents, self._places = torrents, places
        return tuple(torrents.values())


def _same(
    old: TorrentPeers | None,
    torrent: Torrent,
    peers: tuple[Peer, ...],
    ignore_private: bool,  # noqa: FBT001 - of `take`
) -> TorrentPeers:
    judged = not (ignore_private and torrent.private)
    if old is None:
        return TorrentPeers(torrent=torrent, peers=peers, judged=judged)
    if old.torrent == torrent:
        torrent = old.torrent
    if len(old.peers) == len(peers) and all(map(operator.is_, old.peers, peers)):
        peers = old.peers
    if old.torrent is torrent and old.peers is peers and old.judged is judged:
        return old
    return TorrentPeers(torrent=torrent, peers=peers, judged=judged)
