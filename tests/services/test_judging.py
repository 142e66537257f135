"""Whom one judging judges together, and who is found to be gone."""

from __future__ import annotations

from app.domain.decision import merge
from app.domain.peer import Peer
from app.domain.sighting import Sighting
from app.domain.snapshot import TorrentPeers
from app.domain.verdict import Action
from app.services.events import JudgedPeer, PeerKey
from app.services.judge import Panel, RuleSet
from app.services.judging import Judging, Kind, Part, Work
from app.services.watched_torrent import WatchedTorrent
from tests.domain.examples import UBUNTU, peer, verdict

PANEL = Panel(RuleSet((), (), 1))
PASSES = merge([verdict("named", Action.NO_ACTION)], 1)


def watched(*peers: Peer) -> WatchedTorrent:
    made = WatchedTorrent(TorrentPeers(torrent=UBUNTU, peers=peers), {})
    made.welcome([judged(each) for each in peers])
    return made


def judged(seen: Peer) -> JudgedPeer:
    return JudgedPeer(PeerKey("qb", UBUNTU.id, seen.address.raw), UBUNTU, seen, PASSES, 0)


def work(seen: Peer, last: JudgedPeer | None = None) -> Work:
    sighting = Sighting(at=1, downloader="qb", torrent=UBUNTU, peer=seen)
    return Work(watched(), sighting, last)


def test_many_are_judged_some_at_a_time_and_new_ones_apart_from_the_others() -> None:
    judging = Judging(1, 0)
    seen = [peer(f"203.0.{n >> 8}.{n & 255}") for n in range(3_000)]
    judging.note(PANEL, Kind.NEW, [work(each) for each in seen[:1_500]])
    judging.note(PANEL, Kind.NEW, [work(each) for each in seen[1_500:2_000]])
    judging.note(PANEL, Kind.KNOWN, [work(each, judged(each)) for each in seen[2_000:]])
    parts = list(judging.parts())
    assert [each for part in parts for each in part.batch.peers] == seen
    assert all(0 < len(part.batch) <= 1_024 for part in parts)
    assert {part.kind for part in parts if part.lasts() is not None} == {Kind.KNOWN}


def test_only_for_those_who_are_known_does_the_last_decision_stand() -> None:
    last = judged(peer())
    known, changed = (
        Part(PANEL, kind, [work(peer(), last)]) for kind in (Kind.KNOWN, Kind.CHANGED)
    )
    assert known.lasts() == [PASSES]
    assert changed.lasts() is None


def test_who_is_in_the_torrent_no_more_is_gone() -> None:
    one, other = peer("203.0.113.1"), peer("203.0.113.2")
    judging = Judging(1, 0)
    judging.note_gone(watched(one), watched(one, other))
    assert judging.gone == {judged(other).key}
    named = watched(one)
    named.left = (other.address.raw,)
    judging.gone.clear()
    judging.note_gone(named, watched(one, other))
    assert judging.gone == {judged(other).key}


def test_a_torrent_is_left_alone_only_while_nothing_may_have_changed() -> None:
    judging = Judging(1, 0)
    old = watched(peer())
    assert not judging.leaves(old, old.seen)  # where the ban list changed is not known
    judging.relisted = judging.near
    assert judging.leaves(old, old.seen)
    judging.due = {UBUNTU.id: {peer().address.raw}}
    assert not judging.leaves(old, old.seen)
