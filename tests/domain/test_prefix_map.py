"""The prefix map against a plain set."""

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import Prefix, address_key, block_of, parse_prefix
from app.domain.prefix_map import PrefixMap

# A small corner of both families, so that blocks overlap often.
corner = st.builds(
    lambda base, low, bits: block_of(ip_address(base + low), bits if base < 2**32 else 96 + bits),
    st.sampled_from([0x01020300, 0x20010DB8 << 96]),
    st.integers(0, 255),
    st.integers(22, 32),
)


@given(st.lists(corner), st.lists(corner))
def test_it_answers_as_a_plain_list_would(added: list[Prefix], removed: list[Prefix]) -> None:
    blocks: PrefixMap[Prefix] = PrefixMap()
    naive: set[Prefix] = set()
    for prefix in added:
        blocks[prefix] = prefix
        naive.add(prefix)
    for prefix in removed:
        assert blocks.pop(prefix) == (prefix if prefix in naive else None)
        naive.discard(prefix)
    assert len(blocks) == len(naive)
    assert set(blocks.values()) == set(blocks.prefixes()) == naive
    for probe in added + removed:
        holders = [p for p in naive if p.version == probe.version and probe.network_address in p]
        narrowest = max(holders, key=lambda p: p.prefixlen, default=None)
        assert blocks.find(probe.network_address) == narrowest
        inside = {p for p in naive if p.version == probe.version and p.subnet_of(probe)}  # type: ignore[arg-type]
        assert set(blocks.within(probe)) == inside
        assert (probe in blocks) == (probe in naive)
    ips = [probe.network_address for probe in added + removed]
    keys = list(map(address_key, ips))
    found = list(map(blocks.find, ips))
    assert blocks.find_many(keys) == found
    assert set(blocks.among(keys)) == {at for at, each in enumerate(found) if each is not None}


def test_the_narrowest_block_wins() -> None:
    blocks: PrefixMap[str] = PrefixMap()
    blocks[parse_prefix("10.0.0.0/8")] = "wide"
    blocks[parse_prefix("10.1.0.0/16")] = "narrow"
    assert blocks.find(ip_address("10.1.2.3")) == "narrow"
    assert blocks.find(ip_address("10.2.2.3")) == "wide"
    assert blocks.get(ip_network("10.0.0.0/9")) is None
