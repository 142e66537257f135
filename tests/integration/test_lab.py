"""The lab itself works on every qBittorrent: peers come in, are banned, stay out and come back."""

from __future__ import annotations

import time

import pytest

from tests.integration.lab import Lab, only
from tests.swarm.events import Seen
from tests.swarm.namespace import has_ipv6
from tests.swarm.scenario import Behaviour

pytestmark = pytest.mark.daemon

XUNLEI = Behaviour(peer_id="-XL0012-", client="Xunlei 0.0.1.2", rate=262_144)
WITHOUT_NAME = Behaviour(peer_id="-HP0001-", client=None)


@pytest.mark.parametrize(
    "ip",
    [
        "36.110.0.1",
        pytest.param("240e:3a1::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6")),
    ],
)
def test_a_forged_peer_is_shown_banned_refused_and_let_back(lab: Lab, ip: str) -> None:
    api = lab.daemon.api
    with lab.peers(ip, behaviour=XUNLEI) as swarm:
        swarm.wait(ip, Seen.CONNECTED)
        peer = api.wait_for_peer(lab.torrent, ip)
        assert (peer.client, peer.peer_id) == ("Xunlei 0.0.1.2", "-XL0012-")

        banned_at = time.time()
        api.set_banned([ip])
        dropped = swarm.wait(ip, Seen.DROPPED, after=banned_at)
        print(f"{lab.daemon.release.version}: dropped {dropped.at - banned_at:.3f} s after the ban")
        swarm.wait(ip, Seen.REFUSED, after=dropped.at)
        api.wait_without(lab.torrent, ip)
        assert api.banned() == [ip]
        assert not swarm.of(ip, Seen.CONNECTED, after=dropped.at)

        unbanned_at = time.time()
        api.set_banned([])
        swarm.wait(ip, Seen.CONNECTED, after=unbanned_at)


def test_a_ban_outlives_a_crash_of_the_daemon(lab: Lab) -> None:
    lab.daemon.api.set_banned(["36.110.0.1"])
    lab.daemon.restart()
    lab.daemon.kill()
    lab.daemon.start()
    assert lab.daemon.api.banned() == ["36.110.0.1"]


@only("4.5.2")
def test_a_scenario_gets_in_and_its_score_tells_who_was_banned(lab: Lab) -> None:
    banned = ["36.110.0.1", "36.110.0.2", "36.110.0.3", "61.160.0.1"]
    with lab.swarm("public_basic", duration=30) as swarm:
        swarm.wait_all(Seen.CONNECTED)
        swarm.wait_until(lambda: swarm.received("114.114.0.1") > 0)
        assert set(banned) <= {peer.ip for peer in lab.daemon.api.peers(lab.torrent)}
        at = time.time()
        lab.daemon.api.set_banned(banned)
        for ip in banned:
            swarm.wait(ip, Seen.REFUSED, after=at)
    score = swarm.score()
    print(score.table())
    assert score.group("xunlei").is_right
    assert len(score.group("xunlei").seconds_to_ban) == 3
    assert (score.rightly_banned, score.wrongly_banned) == (3, 1)
    assert score.leaked > 0


@only("4.5.2")
def test_a_refusal_of_further_connections_of_one_address_is_not_taken_for_a_ban(lab: Lab) -> None:
    lab.daemon.api.set_preferences(enable_multi_connections_from_same_ip=False)
    ip = "101.69.0.1"
    with lab.peers(ip, ip) as swarm:
        swarm.wait(ip, Seen.CONNECTED)
        swarm.wait(ip, Seen.REFUSED)
        assert swarm.score().group("peers").banned == 0
