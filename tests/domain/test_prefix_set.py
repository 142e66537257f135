"""Whether addresses lie in one of some blocks."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import Endpoint, IPAddress, Prefix
from app.domain.prefix_set import PrefixSet
from tests.domain.examples import peer

near = st.integers(0, 300).map(lambda n: ip_address(3_405_803_776 + n))
addresses = near | st.ip_addresses()
blocks = st.builds(
    lambda ip, bits: ip_network(f"{ip}/{min(bits, ip.max_prefixlen)}", strict=False),
    addresses,
    st.integers(20, 128),
)


@given(st.lists(blocks, max_size=6), st.lists(blocks, max_size=6), st.lists(addresses))
def test_it_equals_a_look_at_each_block(
    some: list[Prefix], more: list[Prefix], asked: list[IPAddress]
) -> None:
    whole = PrefixSet(some).with_those_of(PrefixSet(more))
    assert whole.empty == (not some and not more)
    for ip in asked:
        there = any(ip.version == block.version and ip in block for block in (*some, *more))
        assert (Endpoint(ip, 1) in whole) == there
        assert bool(whole.among([peer(str(ip))])) == there


def test_peers_are_picked_by_their_address() -> None:
    inside, outside = peer("203.0.113.9"), peer("198.51.100.9")
    assert PrefixSet([ip_network("203.0.113.0/24")]).among([outside, inside]) == [inside]
