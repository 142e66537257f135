"""A look at a downloader ends in a snapshot with what it has cost."""

from __future__ import annotations

from dataclasses import dataclass

from app.adapters.downloaders.look import Look
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent


@dataclass
class Traffic:
    requests: int = 0
    received: int = 0


def listed(name: str, up: int, down: int) -> TorrentPeers:
    torrent = Torrent(id=name, hash=name, name=name, upload_rate=up, download_rate=down)
    return TorrentPeers(torrent=torrent, peers=())


def test_only_what_came_since_its_begin_counts() -> None:
    traffic = Traffic(requests=5, received=500)
    look = Look(traffic)
    traffic.requests, traffic.received = 8, 900
    found = look.end(7, (listed("a", 1, 2), listed("b", 10, 20)), worked=0.25, totals=(3, None))
    assert (found.at, found.requests, found.received) == (7, 3, 400)
    assert (found.upload_rate, found.download_rate) == (11, 22)
    assert (found.all_time_uploaded, found.all_time_downloaded) == (3, None)
    assert (found.fetch_time, found.decode_time) == (0.0, 0.25)
