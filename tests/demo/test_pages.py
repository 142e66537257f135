"""Answers about one torrent are encoded anew only where it changed."""

from __future__ import annotations

import json

from app.demo.pages import Page
from app.demo.swarm import Swarm
from app.demo.version import version
from tests.demo.conftest import Clock


def test_nothing_new_is_the_same_object(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    page = Page(swarm.torrents()[0], version("5.3.0"))
    members, peers = page.members(), page.peers()

    assert page.members() is members
    assert page.peers() is peers
    clock.pass_(5)
    swarm.torrents()
    assert page.members() is not members
    assert page.peers() is not peers


def test_changes_applied_to_the_old_answer_make_the_new_one(clock: Clock) -> None:
    swarm = Swarm(peers=300, torrents=2, clock=clock)
    page = Page(swarm.torrents()[0], version("5.3.0"))
    known = json.loads(page.all_peers(1))["peers"]
    for number in range(2, 20):
        base = page.peers()
        clock.pass_(31)
        swarm.torrents()
        changes = json.loads(page.changed_peers(number, base))
        assert changes["rid"] == number
        assert "full_update" not in changes
        for key, members in changes.get("peers", {}).items():
            known[key] = known.get(key, {}) | members
        for key in changes.get("peers_removed", []):
            del known[key]
        assert known == json.loads(page.all_peers(number))["peers"]


def test_new_versions_have_more_members_and_peers_behind_i2p(clock: Clock) -> None:
    swarm = Swarm(clock=clock)
    old, new = set[str](), set[str]()
    keys = []
    for torrent in swarm.torrents():
        for name, members in (("4.5.2", old), ("5.3.0", new)):
            peers = json.loads(Page(torrent, version(name)).all_peers(1))["peers"]
            members.update(*peers.values())
            keys += [(name, key) for key in peers if key.endswith(".i2p")]

    assert new - old == {"contribution", "host_name", "i2p_dest"}
    assert [name for name, _ in keys] == ["5.3.0"]
