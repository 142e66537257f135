"""The part of our plugin that bans: whatever others have in the filter stays, each ban is taken back exactly."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.downloaders.deluge.filter import FakeLibtorrent, plugin_module

FIRST = int(IPv4Address("36.110.0.0"))
BITS = 5
"""All blocks of these tests lie in so many bits, so that all of them can be looked at."""
PLACES = [str(IPv4Address(FIRST + offset)) for offset in range(2**BITS)]


@st.composite
def blocks(draw: st.DrawFn) -> str:
    bits = draw(st.integers(32 - BITS, 32))
    size = 2 ** (32 - bits)
    start = draw(st.integers(0, 2**BITS // size - 1)) * size
    return f"{IPv4Address(FIRST + start)}/{bits}"


def blocked(session: FakeLibtorrent) -> set[str]:
    return {place for place in PLACES if session.filter.access(place)}


def inside(*texts: str) -> set[str]:
    return {str(ip) for text in texts for ip in ip_network(text)}


@given(
    theirs=st.lists(blocks(), max_size=4),
    steps=st.lists(st.lists(blocks(), max_size=5, unique=True), max_size=6),
    whole=st.booleans(),
)
def test_it_blocks_what_they_or_we_want_and_in_the_end_what_they_want(
    *, theirs: list[str], steps: list[list[str]], whole: bool
) -> None:
    session = FakeLibtorrent()
    for text in theirs:
        block = ip_network(text)
        session.filter.add_rule(str(block[0]), str(block[-1]), 1)
    bans = plugin_module("bans").Bans(session)
    held: set[str] = set()
    for step in [*steps, []]:
        wanted = set(step)
        if whole:
            bans.replace(step, [])
        else:
            bans.change(list(wanted - held), list(held - wanted))
        held = wanted
        assert blocked(session) == inside(*theirs, *held)
        assert len(bans) == len(held)


def test_what_somebody_undid_is_written_again() -> None:
    session = FakeLibtorrent()
    bans = plugin_module("bans").Bans(session)
    bans.replace(["36.110.0.0/30"], [])
    session.set_ip_filter(type(session.filter)())
    bans.replace(["36.110.0.0/30"], [])
    assert blocked(session) == inside("36.110.0.0/30")


def test_what_another_way_left_is_nobody_s() -> None:
    session = FakeLibtorrent()
    session.filter.add_rule("36.110.0.0", "36.110.0.7", 1)
    bans = plugin_module("bans").Bans(session)
    bans.replace(["36.110.0.1/32"], ["36.110.0.1/32", "36.110.0.2/32"])
    assert blocked(session) == inside("36.110.0.0/29") - {"36.110.0.2"}
    bans.replace([], [])
    assert blocked(session) == inside("36.110.0.0/29") - {"36.110.0.1", "36.110.0.2"}


def test_families_do_not_touch() -> None:
    session = FakeLibtorrent()
    bans = plugin_module("bans").Bans(session)
    bans.replace(["240e:3a1::/52", "36.110.0.1/32", "::/96"], [])
    assert session.filter.access("240e:3a1::1") == 1
    assert session.filter.access("240e:3a2::1") == 0
    assert blocked(session) == {"36.110.0.1"}
    bans.change([], ["240e:3a1::/52"])
    assert session.filter.access("240e:3a1::1") == 0


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3.4/33", "1.2.3.4/8", "1.2.3.0/x", "::/129", "1.2.3/8"]
)
def test_what_is_no_block_changes_nothing(text: str) -> None:
    session = FakeLibtorrent()
    bans = plugin_module("bans").Bans(session)
    bans.replace(["36.110.0.1/32"], [])
    with pytest.raises(ValueError, match=r"address|literal"):
        bans.change(["36.110.0.2/32", text], ["36.110.0.1/32"])
    assert blocked(session) == {"36.110.0.1"}


class WirePeer:
    """A peer as libtorrent shows it."""

    connecting, handshake, standard_bittorrent = 1 << 7, 1 << 6, 0

    def __init__(self, flags: int = 0, kind: int = 0, client: str | bytes = b"a\xff") -> None:
        self.ip, self.pid, self.progress = ("36.110.0.1", 6881), "00" * 20, 0.25
        self.flags, self.source, self.connection_type, self.client = flags, 1, kind, client
        self.total_upload, self.total_download = 1, 2
        self.payload_up_speed, self.payload_down_speed = 3, 4


class WireTorrent:
    def __init__(self, *peers: WirePeer) -> None:
        self.get_peer_info = lambda: peers


def test_rows_have_all_and_leave_out_who_is_no_peer_yet() -> None:
    torrent = WireTorrent(
        WirePeer(), WirePeer(1 << 7), WirePeer(kind=1), WirePeer(1 << 6, client="b")
    )
    first, second = plugin_module("peers").rows(torrent)
    assert first == ["36.110.0.1", 6881, "00" * 20, "a\ufffd", 250_000, 1, 2, 3, 4, 0, 1]
    assert (second[3], second[9]) == ("b", 1 << 6)
