"""Torrents on the wire, version by version."""

from __future__ import annotations

import pytest

from app.demo.swarm import Swarm
from app.demo.version import version
from app.demo.wire import EXTERNAL, properties, server_state, torrent_members, tracker_rows
from tests.demo.conftest import Clock

PIECES = {"piece_size", "pieces_have", "pieces_num"}


@pytest.mark.parametrize(
    ("name", "extra"),
    [("4.5.2", set()), ("5.1.0", {"private"}), ("5.3.0", {"private", *PIECES})],
)
def test_the_list_has_the_members_of_its_version(name: str, extra: set[str], clock: Clock) -> None:
    torrent = Swarm(clock=clock).torrents()[0]
    members = torrent_members(torrent, version(name))

    assert members.keys() & {"private", "is_private", *PIECES} == extra
    assert members["total_size"] == torrent.facts.size
    assert properties(torrent, version(name)).keys() >= PIECES | {"is_private"}


def test_states_are_those_of_the_version(clock: Clock) -> None:
    torrents = Swarm(clock=clock).torrents()

    def states(name: str) -> set[str]:
        return {torrent_members(one, version(name))["state"] for one in torrents}

    assert states("4.5.2") == {"downloading", "pausedUP", "stalledUP", "uploading"}
    assert states("5.1.0") == {"downloading", "stoppedUP", "stalledUP", "uploading"}


def test_the_first_three_trackers_are_none(clock: Clock) -> None:
    for torrent in Swarm(clock=clock).torrents():
        rows = tracker_rows(torrent)
        assert [row["url"][:2] for row in rows[:3]] == ["**"] * 3
        assert [row["tier"] for row in rows] == [-1, -1, -1, *range(len(rows) - 3)]
        assert bool(rows[0]["msg"]) is torrent.facts.is_private


def test_the_servers_figures_are_sums(clock: Clock) -> None:
    torrents = Swarm(clock=clock).torrents()
    state = server_state(torrents, version("5.1.0"))

    assert state["up_info_speed"] == sum(one.up_speed for one in torrents)
    assert state["alltime_ul"] == sum(one.uploaded for one in torrents)
    assert state["total_peer_connections"] == 120
    assert state["last_external_address_v4"] == EXTERNAL
    assert "last_external_address_v4" not in server_state(torrents, version("4.5.2"))
