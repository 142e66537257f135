"""Peers stay the same objects while nothing about them changes."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.peer_table import PeerTable
from app.domain.address import Endpoint, PeerAddress
from app.domain.peer import Peer


class Wire(Struct):
    """As little as tells a peer."""

    ip: str
    uploaded: int = 0
    noise: int = 0
    """Something that does not become part of a peer."""


def read(wire: Wire) -> Peer | None:
    if not wire.ip:
        return None
    at = Endpoint(ip_address(wire.ip), 1)
    return Peer(address=PeerAddress(raw=at, effective=at), uploaded=wire.uploaded)


async def updated(table: PeerTable[Wire], *wires: Wire) -> tuple[Peer, ...]:
    await table.update({wire.ip: wire for wire in wires}, Effort())
    return table.peers


async def test_what_is_equal_is_the_very_same() -> None:
    table = PeerTable(read)
    first = await updated(table, Wire("10.0.0.1"), Wire("10.0.0.2", 5))
    assert await updated(table, Wire("10.0.0.1"), Wire("10.0.0.2", 5)) is first
    assert await updated(table, Wire("10.0.0.1", noise=3), Wire("10.0.0.2", 5)) is first


async def test_only_what_changed_is_new() -> None:
    table = PeerTable(read)
    first = await updated(table, Wire("10.0.0.1"), Wire("10.0.0.2", 5))
    second = await updated(table, Wire("10.0.0.1"), Wire("10.0.0.2", 6))
    assert second[0] is first[0]
    assert second[1].uploaded == 6


async def test_what_is_no_peer_is_left_out_and_what_is_gone_is_gone() -> None:
    table = PeerTable(read)
    await updated(table, Wire(""), Wire("10.0.0.1"))
    assert [str(peer.address.ip) for peer in table.peers] == ["10.0.0.1"]
    assert [(wire.ip, peer) for wire, peer in table.shown()] == [("10.0.0.1", table.peers[0])]
    assert await updated(table, Wire("")) == ()
    await updated(table, Wire("10.0.0.1"))
    table.clear()
    assert table.peers == ()
    assert not list(table.shown())


@given(st.lists(st.dictionaries(st.sampled_from("123456"), st.integers(0, 2)), max_size=6))
async def test_it_always_shows_just_the_last_answer(answers: list[dict[str, int]]) -> None:
    table = PeerTable(read)
    for answer in answers:
        wires = [Wire(f"10.0.0.{key}", value) for key, value in answer.items()]
        peers = await updated(table, *wires)
        assert {(str(p.address.ip), p.uploaded) for p in peers} == {
            (wire.ip, wire.uploaded) for wire in wires
        }
        assert len(peers) == len(wires)
