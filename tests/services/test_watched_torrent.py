"""What a torrent sends, and to whom, follows each peer that comes, changes and goes."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.decision import Decision, merge
from app.domain.snapshot import TorrentPeers
from app.domain.verdict import Action
from app.services.events import JudgedPeer, PeerKey
from app.services.watched_torrent import WatchedTorrent
from tests.domain.examples import UBUNTU, ban, peer, verdict

PASSES = merge([verdict("named", Action.NO_ACTION)], 1)
BANNED = merge([verdict("named", Action.BAN)], 1)


def judged(ip: str, rate: int, decision: Decision = PASSES) -> JudgedPeer:
    seen = peer(ip, upload_rate=rate)
    return JudgedPeer(PeerKey("qb", UBUNTU.id, seen.address.raw), UBUNTU, seen, decision, 0)


def watched(*peers: JudgedPeer) -> WatchedTorrent:
    made = WatchedTorrent(TorrentPeers(torrent=UBUNTU, peers=()), {})
    for each in peers:
        made.put(each)
    return made


def rates(torrent: WatchedTorrent) -> tuple[int, int]:
    return torrent.to_good, torrent.to_banned


def test_rates_go_to_the_good_and_to_those_who_are_or_will_be_banned() -> None:
    one, other = judged("203.0.113.1", 5), judged("203.0.113.2", 70, BANNED)
    listed = replace(judged("203.0.113.3", 100), ban=ban("203.0.113.3"))
    assert rates(watched(one, other, listed, judged("203.0.113.4", 0))) == (5, 170)


def test_who_changes_or_leaves_is_no_longer_counted_as_before() -> None:
    one, other = judged("203.0.113.1", 5), judged("203.0.113.2", 7)
    torrent = watched(one, other)
    torrent.put(replace(one, decision=BANNED))
    assert rates(torrent) == (7, 5)
    torrent.drop(other.key.endpoint)
    assert rates(torrent) == (0, 5)
    assert list(torrent.peers) == [one.key.endpoint]


def test_adding_up_anew_comes_to_the_same() -> None:
    torrent = watched(judged("203.0.113.1", 5), judged("203.0.113.2", 7, BANNED))
    before = rates(torrent)
    torrent.add_up()
    assert rates(torrent) == before


def test_newcomers_count_as_each_alone_would() -> None:
    there, one, other = (judged(f"203.0.113.{n}", n) for n in (1, 2, 3))
    torrent = watched(there)
    torrent.welcome([one, replace(other, decision=BANNED)])
    assert rates(torrent) == (3, 3)
    assert len(torrent.peers) == 3


def test_who_is_listed_twice_counts_once_and_as_listed_last() -> None:
    first, second = judged("203.0.113.1", 5), judged("203.0.113.1", 9)
    torrent = watched()
    torrent.welcome([first, second])
    assert rates(torrent) == (9, 0)
    assert list(torrent.peers.values()) == [second]
