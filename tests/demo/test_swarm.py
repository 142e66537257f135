"""The swarm as a whole: size, honesty, change, bans."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network

import pytest

from app.demo.address import embedded
from app.demo.banned_ips import parse
from app.demo.cast import Client
from app.demo.peer import PeerState
from app.demo.swarm import Swarm
from tests.demo.conftest import Clock
from tests.demo.test_cast import is_listed


def everybody(swarm: Swarm) -> dict[tuple[str, str], PeerState]:
    """All peers by torrent and key."""
    return {
        (torrent.facts.hash, key): state
        for torrent in swarm.torrents()
        for key, state in torrent.peers.items()
    }


@pytest.mark.parametrize(("peers", "torrents"), [(0, 1), (1, 1), (7, 2), (120, 12), (1000, 100)])
def test_a_swarm_has_the_size_that_was_asked_for(peers: int, torrents: int, clock: Clock) -> None:
    swarm = Swarm(peers=peers, torrents=torrents, clock=clock)

    assert len(swarm.torrents()) == torrents
    assert len(everybody(swarm)) == peers


def test_the_same_seed_tells_the_same_story() -> None:
    stories = []
    for _ in range(2):
        clock = Clock()
        swarm = Swarm(clock=clock, seed=3)
        clock.pass_(500)
        stories.append(everybody(swarm))

    assert stories[0] == stories[1]
    assert everybody(Swarm(clock=Clock(), seed=4)).keys() != stories[0].keys()


def test_looking_often_or_seldom_shows_the_same() -> None:
    often, seldom = Clock(), Clock()
    watched, unwatched = Swarm(clock=often), Swarm(clock=seldom)
    for _ in range(300):
        often.pass_(7)
        watched.torrents()
    seldom.pass_(2100)

    assert everybody(watched) == everybody(unwatched)


def test_exactly_the_dishonest_are_betrayed_by_name_or_id(clock: Clock) -> None:
    swarm = Swarm(peers=1000, torrents=20, clock=clock)
    clock.pass_(3600)

    betrayed = {
        ip_address(state.ip)
        for state in everybody(swarm).values()
        if isinstance(state.ip, str) and is_listed(Client(state.peer_id_client, state.client))
    }

    assert 70 <= len(betrayed) <= 90
    assert betrayed <= swarm.dishonest_addresses(cheaters=False)
    assert not betrayed & swarm.honest_addresses()
    assert not swarm.dishonest_addresses() & swarm.honest_addresses()


def test_honest_peers_never_take_more_than_they_claim_or_we_have(clock: Clock) -> None:
    swarm = Swarm(peers=600, torrents=10, churn=1.0, clock=clock)
    honest = swarm.honest_addresses
    for _ in range(20):
        clock.pass_(300)
        fair = honest()
        for torrent in swarm.torrents():
            for state in torrent.peers.values():
                if isinstance(state.ip, str) and ip_address(state.ip) in fair:
                    assert state.uploaded <= state.progress * torrent.facts.size + 100_000
                    assert state.uploaded <= torrent.completed


def test_cheaters_take_more_than_they_claim(clock: Clock) -> None:
    swarm = Swarm(peers=600, torrents=10, clock=clock)
    liars = swarm.dishonest_addresses() - swarm.dishonest_addresses(cheaters=False)

    gaps = [
        state.uploaded / torrent.facts.size - state.progress
        for torrent in swarm.torrents()
        for state in torrent.peers.values()
        if isinstance(state.ip, str) and ip_address(state.ip) in liars
    ]

    assert len(gaps) == 24
    assert min(gaps) > 0.1


def test_dishonest_peers_transfer_all_the_time(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    for _ in range(10):
        clock.pass_(97)
        bad = swarm.dishonest_addresses()
        speeds = [
            state.up_speed
            for state in everybody(swarm).values()
            if isinstance(state.ip, str) and ip_address(state.ip) in bad
        ]
        assert len(speeds) == 15
        assert min(speeds) > 0


@pytest.mark.parametrize("churn", [0.0, 0.1, 0.5, 1.0])
def test_the_wanted_share_of_honest_peers_changes_from_sweep_to_sweep(
    churn: float, clock: Clock
) -> None:
    swarm = Swarm(peers=2000, torrents=4, churn=churn, clock=clock)
    swarm.ban(parse("\n".join(map(str, swarm.dishonest_addresses())), takes_ranges=True))
    before = everybody(swarm)
    clock.pass_(5)
    after = everybody(swarm)

    both = before.keys() & after.keys()
    changed = sum(before[key] is not after[key] for key in both) / len(both)

    # Some are idle by nature, still shaking hands, or have all they want.
    assert 0.6 * churn - 0.01 <= changed <= churn + 0.02
    assert all(before[key] is after[key] for key in both if before[key] == after[key])


def test_peers_come_and_go_slowly(clock: Clock) -> None:
    swarm = Swarm(peers=2000, torrents=4, clock=clock)
    before = everybody(swarm).keys()
    clock.pass_(5)
    soon = everybody(swarm).keys()
    clock.pass_(7200)
    late = everybody(swarm).keys()

    assert 0 < len(before - soon) < 40
    assert len(before - late) > 1900


def test_a_banned_peer_is_gone_at_once_and_stays_out(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    bad = swarm.dishonest_addresses()
    swarm.ban(parse("\n".join(map(str, bad)), takes_ranges=False))

    for _ in range(5):
        present = {
            ip_address(one.ip) for one in everybody(swarm).values() if isinstance(one.ip, str)
        }
        assert not present & bad
        clock.pass_(13)


def test_an_unbanned_peer_comes_back_some_seconds_later_with_its_figures(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    key, state = next((k, s) for k, s in everybody(swarm).items() if "hp/torrent" in s.client)
    swarm.ban(parse(str(state.ip), takes_ranges=False))
    clock.pass_(60)
    swarm.ban(parse("", takes_ranges=False))

    clock.pass_(2)
    assert key not in everybody(swarm)
    clock.pass_(7)
    again = everybody(swarm)[key]
    assert again.progress >= state.progress
    assert state.uploaded < again.uploaded < state.uploaded + 20 * state.up_speed


def test_a_ban_again_before_it_is_back_keeps_it_out(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    key, state = next((k, s) for k, s in everybody(swarm).items() if "hp/torrent" in s.client)
    for lines in (str(state.ip), "", str(state.ip)):
        swarm.ban(parse(lines, takes_ranges=False))
        clock.pass_(1)
    clock.pass_(30)

    assert key not in everybody(swarm)


def test_newcomers_replace_banned_peers_in_time(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    swarm.ban(parse("\n".join(map(str, swarm.dishonest_addresses())), takes_ranges=False))
    banned = len(everybody(swarm))
    clock.pass_(1800)

    assert banned < len(everybody(swarm)) <= 120


def test_every_way_to_write_an_address_occurs_and_is_dishonest(clock: Clock) -> None:
    swarm = Swarm(peers=60, torrents=5, clock=clock)
    bad = swarm.dishonest_addresses(cheaters=False)
    inside = [ip for ip in bad if embedded(ip)]

    assert Counter(
        next(name for name, block in BLOCKS.items() if ip in ip_network(block)) for ip in inside
    ) == {"mapped": 1, "NAT64": 1, "Teredo": 1}
    assert any(ip.version == 6 and not embedded(ip) for ip in bad)
    assert {embedded(ip) for ip in inside} <= bad


BLOCKS = {"mapped": "::ffff:0:0/96", "NAT64": "64:ff9b::/96", "Teredo": "2001::/32"}


def test_only_dishonest_peers_share_a_subnet_and_a_torrent(clock: Clock) -> None:
    swarm = Swarm(peers=1000, torrents=10, clock=clock)
    bad = swarm.dishonest_addresses(cheaters=False)
    shared = Counter(
        (torrent.facts.hash, ip_network(f"{state.ip}/24", strict=False))
        for torrent in swarm.torrents()
        for state in torrent.peers.values()
        if isinstance(state.ip, str) and ":" not in state.ip
    )
    crowds = [subnet for (_, subnet), count in shared.items() if count > 1]

    assert len(crowds) == 1
    assert sum(ip in crowds[0] for ip in bad) == 4
    networks = Counter(subnet for _, subnet in shared)
    assert [count for count in networks.values() if count > 1] == [2]


def test_peers_without_an_address_or_a_name_occur(clock: Clock) -> None:
    states = everybody(Swarm(clock=clock)).values()

    assert sum(one.connection == "Web" for one in states) == 1
    assert sum(not isinstance(one.ip, str) for one in states) == 1
    assert (
        sum(not one.client and not one.peer_id_client and not one.up_speed for one in states) == 2
    )


def test_a_swarm_without_torrents_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="at least one torrent"):
        Swarm(torrents=0)
