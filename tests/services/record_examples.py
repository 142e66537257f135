"""Sweeps as records see them."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.snapshot import Snapshot
from app.domain.torrent import Torrent
from app.domain.verdict import Action
from app.services.events import JudgedPeer, PeerKey, Swept, Timings
from tests.domain import examples

PASSED = Decision(Action.NO_ACTION, None, 0, ())


def judged(
    peer: Peer, *, torrent: Torrent = examples.UBUNTU, downloader: str = "one"
) -> JudgedPeer:
    key = PeerKey(downloader, torrent.id, peer.address.raw)
    return JudgedPeer(key, torrent, peer, PASSED, 0)


def counted(uploaded: int, downloaded: int = 0, ip: str = "203.0.113.9", port: int = 6881) -> Peer:
    """A peer with these counters."""
    return replace(examples.peer(ip, port, uploaded=uploaded), downloaded=downloaded)


def swept(
    at: int,
    *changed: JudgedPeer,
    gone: Collection[PeerKey] = (),
    downloader: str = "one",
    totals: tuple[int, int] | None = None,
) -> Swept:
    uploaded, downloaded = totals or (None, None)
    return Swept(
        downloader=downloader,
        snapshot=Snapshot(
            at=at, torrents=(), all_time_uploaded=uploaded, all_time_downloaded=downloaded
        ),
        changed={each.key: each for each in changed},
        gone=frozenset(gone),
        peers=len(changed),
        to_good=0,
        to_banned=0,
        bans=(),
        timings=Timings(),
    )
