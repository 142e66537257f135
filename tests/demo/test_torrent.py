"""Torrents and the sums over their peers."""

from __future__ import annotations

from app.demo.swarm import Swarm
from app.demo.torrent import plan
from tests.demo.conftest import Clock


def test_a_plan_has_torrents_of_all_sorts() -> None:
    facts = plan(24, 7)

    assert sum(one.is_paused for one in facts) == 1
    assert sum(one.is_private for one in facts) >= 2
    assert sum(one.is_resting for one in facts) >= 2
    assert sum(one.held < one.size for one in facts) >= 2
    assert all(len(one.hash) == 40 for one in facts)
    assert len({one.hash for one in facts}) == 24


def test_further_rounds_of_titles_have_names_of_their_own() -> None:
    facts = plan(500, 7)

    assert len({one.name for one in facts}) == 500
    assert min(one.size for one in facts) > 50_000_000


def test_the_sums_are_those_of_the_peers(clock: Clock) -> None:
    swarm = Swarm(peers=400, torrents=8, clock=clock)
    for _ in range(30):
        clock.pass_(61)
        for torrent in swarm.torrents():
            peers = [one for one in torrent.peers.values() if one.connection != "Web"]
            assert torrent.up_speed == sum(one.up_speed for one in peers)
            assert torrent.down_speed == sum(one.dl_speed for one in peers)
            assert torrent.seeds == sum(one.progress >= 1 for one in peers)
            assert torrent.leechers == sum(one.progress < 1 for one in peers)


def test_nothing_ever_moves_on_a_torrent_at_rest(clock: Clock) -> None:
    swarm = Swarm(peers=400, torrents=8, churn=1.0, clock=clock)
    resting = next(one for one in swarm.torrents() if one.facts.is_resting)
    uploaded = resting.uploaded
    clock.pass_(5000)
    swarm.torrents()

    assert resting.peers
    assert resting.uploaded == uploaded
    assert not any(one.up_speed or one.dl_speed for one in resting.peers.values())


def test_nobody_is_connected_to_a_paused_torrent(clock: Clock) -> None:
    paused = [one for one in Swarm(clock=clock).torrents() if one.facts.is_paused]

    assert [len(one.peers) for one in paused] == [0]


def test_a_download_grows_and_is_complete_one_day(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    download = swarm.torrents()[1]
    shares = []
    for _ in range(60):
        shares.append(download.progress)
        clock.pass_(3600)
        swarm.torrents()

    assert 0.3 < shares[0] < 0.9
    assert shares == sorted(shares)
    assert download.progress == 1.0
    assert download.pieces_have == download.pieces
    assert not download.down_speed


def test_the_revision_grows_only_with_a_change(clock: Clock) -> None:
    torrent = next(one for one in Swarm(clock=clock).torrents() if one.facts.is_paused)
    revision = torrent.revision
    clock.pass_(60)
    torrent.refresh(60)

    assert torrent.revision == revision
