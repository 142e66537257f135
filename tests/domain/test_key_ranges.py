"""Whether addresses are in any of some blocks: the same as asking each block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import IPAddress, Prefix, address_key, block_of, parse_ip, parse_prefix
from app.domain.key_ranges import KeyRanges

EDGES = ("0.0.0.0", "255.255.255.255", "::", "ffff:" * 7 + "ffff", "1.2.3.4", "::1.2.3.4")
ADDRESSES = st.one_of(st.sampled_from(EDGES).map(parse_ip), st.ip_addresses())


@st.composite
def blocks(draw: st.DrawFn) -> Prefix:
    ip = draw(ADDRESSES)
    return block_of(ip, draw(st.integers(0, ip.max_prefixlen)))


@given(st.lists(blocks(), max_size=10), st.lists(ADDRESSES, max_size=10))
def test_it_equals_asking_each_block(prefixes: list[Prefix], more: list[IPAddress]) -> None:
    ends = [(prefix.network_address, prefix.broadcast_address) for prefix in prefixes]
    beside = [type(first)(int(first) - 1) for first, _ in ends if int(first)]
    asked = [*more, *beside, *(ip for pair in ends for ip in pair)]
    ranges, keys = KeyRanges(prefixes), list(map(address_key, asked))
    inside = [
        any(ip.version == prefix.version and ip in prefix for prefix in prefixes) for ip in asked
    ]
    assert [key in ranges for key in keys] == inside
    assert ranges.among(keys) == [at for at, each in enumerate(inside) if each]


def test_blocks_that_touch_are_one_range() -> None:
    ranges = KeyRanges(map(parse_prefix, ("10.0.0.0/9", "10.128.0.0/9", "::/0")))
    asked = ("10.127.255.255", "10.128.0.0", "11.0.0.0", "9.255.255.255", "::1")
    keys = [address_key(parse_ip(text)) for text in asked]
    assert ranges.among(keys) == [0, 1, 4]
