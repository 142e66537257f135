"""The frozen address set: it equals a naive walk over its entries, for both families."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import IPAddress, Prefix, address_key, block_of, parse_ip, parse_prefix
from app.domain.ip_set import IpSet, Range
from app.domain.split_keys import SplitKeys

TOP4, TOP6 = 2**32 - 1, 2**128 - 1


def numbers(top: int) -> st.SearchStrategy[int]:
    """Close together, around the halves of an IPv6 address and at both ends, so that entries overlap."""
    middle = 2**64 if top == TOP6 else 2**24
    return st.one_of(
        st.integers(0, 40),
        st.integers(middle - 20, middle + 20),
        st.integers(top - 40, top),
        st.integers(0, top),
    )


def addresses() -> st.SearchStrategy[IPAddress]:
    return st.one_of(numbers(TOP4).map(IPv4Address), numbers(TOP6).map(IPv6Address))


def prefixes() -> st.SearchStrategy[Prefix]:
    return addresses().flatmap(
        lambda ip: st.integers(0, ip.max_prefixlen).map(lambda bits: block_of(ip, bits))
    )


def ranges() -> st.SearchStrategy[Range]:
    def of(make: type[IPv4Address] | type[IPv6Address], top: int) -> st.SearchStrategy[Range]:
        both = st.tuples(numbers(top), numbers(top)).map(sorted)
        return both.map(lambda ends: (make(ends[0]), make(ends[1])))

    return st.one_of(of(IPv4Address, TOP4), of(IPv6Address, TOP6))


def ends(entry: Prefix | Range) -> tuple[int, int, int]:
    first, last = (
        entry if isinstance(entry, tuple) else (entry.network_address, entry.broadcast_address)
    )
    return first.version, int(first), int(last)


def together(built: IpSet, ips: Sequence[IPAddress]) -> list[int]:
    found = built.find_many(SplitKeys([address_key(ip) for ip in ips]))
    return [found.get(at, -1) for at in range(len(ips))]


def naive(entries: list[Prefix | Range], ip: IPAddress) -> int:
    found = [
        (last - first, number)
        for number, (version, first, last) in enumerate(map(ends, entries))
        if version == ip.version and first <= int(ip) <= last
    ]
    return min(found)[1] if found else -1


@given(st.lists(st.one_of(prefixes(), ranges()), max_size=25), st.data())
def test_it_equals_a_naive_walk(entries: list[Prefix | Range], data: st.DataObject) -> None:
    edges: list[IPAddress] = []
    for version, first, last in map(ends, entries):
        make, top = (IPv4Address, TOP4) if version == 4 else (IPv6Address, TOP6)
        edges += [make(n) for n in (first - 1, first, last, last + 1) if 0 <= n <= top]
    asked = edges + data.draw(st.lists(addresses(), max_size=10))
    built = IpSet.of(entries)
    expected = [naive(entries, ip) for ip in asked]
    assert [built.find(ip) for ip in asked] == expected
    assert together(built, asked) == expected


@given(st.lists(st.one_of(prefixes(), ranges()), max_size=8), prefixes())
def test_overlaps_equals_a_naive_walk(entries: list[Prefix | Range], asked: Prefix) -> None:
    version, low, high = ends(asked)
    expected = any(
        other == version and first <= high and low <= last
        for other, first, last in map(ends, entries)
    )
    assert IpSet.of(entries).overlaps(asked) is expected


def test_an_empty_set_holds_nothing() -> None:
    empty = IpSet.of([])
    assert not empty
    assert empty.find(IPv4Address(1)) == empty.find(IPv6Address(1)) == -1
    assert together(empty, [IPv4Address(1), IPv6Address(1)]) == [-1, -1]
    assert empty.coverage() == (0, 0)


@pytest.mark.parametrize(
    ("texts", "four", "six"),
    [
        (["10.0.0.0/8", "127.0.0.0/8", "fe80::/10"], 0, 0),
        (["0.0.0.0/0", "::/0"], 1, 1),
        (["0.0.0.0/1", "1.2.3.0/24", "128.0.0.0/1"], 1, 0),
        (["2000::/4"], 0, 0.5),
        (["4000::/2"], 0, 0),
    ],
)
def test_coverage_counts_public_addresses(texts: list[str], four: float, six: float) -> None:
    assert IpSet.of(map(parse_prefix, texts)).coverage() == pytest.approx((four, six))


def test_a_block_inside_another_counts_once() -> None:
    four, _six = IpSet.of([parse_prefix("8.0.0.0/8"), parse_prefix("8.8.8.0/24")]).coverage()
    assert four == pytest.approx(2**24 / 3_702_258_688, rel=1e-9)


def test_a_large_set_is_found_again_and_small() -> None:
    dice = np.random.default_rng(1)
    starts = np.unique(dice.integers(0, 2**32, 50_000, dtype=np.uint32))
    built = IpSet(starts, starts, np.empty((0, 2), np.uint64), np.empty((0, 2), np.uint64))
    asked = [IPv4Address(int(n)) for n in starts[::50]]
    assert together(built, asked) == list(range(0, len(starts), 50))
    assert built.nbytes <= 12 * len(starts)


def test_a_mapped_address_is_ipv6_here() -> None:
    assert IpSet.of([parse_prefix("1.2.3.4")]).find(parse_ip("::ffff:1.2.3.4")) == -1
