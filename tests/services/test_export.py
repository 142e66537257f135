"""Block lists in the forms that other programs read (reference/webapi.md 3.6)."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import IPAddress, Prefix, block_of, show
from app.domain.ban import Ban
from app.domain.remap import Remap
from app.services.export import FORMATS, entries, lines
from tests.domain.examples import ban

LAST = "2001:db8:1234:5fff:ffff:ffff:ffff:ffff"
WORKED = [ban("198.51.100.7"), ban("203.0.113.0/24"), ban("2001:db8:1234:5678::1")]

v4 = st.builds(
    lambda n, bits: block_of(IPv4Address(n), bits), st.integers(0, 2**32 - 1), st.integers(0, 32)
)
v6 = st.builds(
    lambda n, bits: block_of(IPv6Address(n), bits),
    st.one_of(
        st.integers(0, 2**128 - 1),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1).map(lambda n: 0xFFFF << 32 | n),
        st.integers(0, 2**32 - 1).map(lambda n: 0x64FF9B << 96 | n),
        st.integers(0, 2**96 - 1).map(lambda n: 0x20010000 << 96 | n),
    ),
    st.integers(0, 128),
)
bans = st.lists(st.one_of(v4, v6).map(lambda prefix: ban(show(prefix))), max_size=12)
remaps = st.builds(Remap, ipv4=st.none() | st.integers(1, 32), ipv6=st.none() | st.integers(1, 128))


def test_the_worked_example_as_addresses() -> None:
    assert list(lines("ip", WORKED, Remap())) == [
        "198.51.100.7\n",
        "::ffff:c633:6407\n",
        "203.0.113.0/24\n",
        "::ffff:cb00:7100/120\n",
        "2001:db8:1234:5000::/52\n",
    ]


def test_the_worked_example_as_p2p() -> None:
    written = [line.partition(":") for line in lines("p2p-plain-format", WORKED, Remap())]
    assert [rest for _, _, rest in written] == [
        "198.51.100.7-198.51.100.7\n",
        "::ffff:c633:6407-::ffff:c633:6407\n",
        "203.0.113.0-203.0.113.255\n",
        "::ffff:cb00:7100-::ffff:cb00:71ff\n",
        f"2001:db8:1234:5000::-{LAST}\n",
    ]
    names = {name for name, _, _ in written}
    assert len(names) == len(written)
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)


def test_the_worked_example_as_dat() -> None:
    assert list(lines("dat-emule", WORKED, Remap())) == [
        "198.51.100.7 - 198.51.100.7 , 000 , 198.51.100.7\n",
        "::ffff:c633:6407 - ::ffff:c633:6407 , 000 , ::ffff:c633:6407\n",
        "203.0.113.0 - 203.0.113.255 , 000 , 203.0.113.0/24\n",
        "::ffff:cb00:7100 - ::ffff:cb00:71ff , 000 , ::ffff:cb00:7100/120\n",
        f"2001:db8:1234:5000:: - {LAST} , 000 , 2001:db8:1234:5000::/52\n",
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_list_has_no_lines(name: str) -> None:
    assert list(lines(name, [], Remap())) == []


def test_what_two_bans_widen_to_stands_there_once() -> None:
    near = [ban("2001:db8::1"), ban("2001:db8::2"), ban("2001:db8::/52")]
    assert list(lines("ip", near, Remap())) == ["2001:db8::/52\n"]


def test_technical_entries_and_what_the_downloader_sees_are_listed_too() -> None:
    found = set(lines("ip", [ban("192.0.2.1", raw="64:ff9b::c000:201", disconnect=True)], Remap()))
    assert {"192.0.2.1\n", "64:ff9b::c000:201\n"} <= found


@given(bans, remaps)
def test_all_formats_carry_the_same_entries_one_a_line(listed: list[Ban], remap: Remap) -> None:
    wanted = list(entries(listed, remap))
    assert len(set(wanted)) == len(wanted)
    assert [_read_ip(line) for line in lines("ip", listed, remap)] == wanted
    assert [_read_p2p(line) for line in lines("p2p-plain-format", listed, remap)] == wanted
    assert [_read_dat(line) for line in lines("dat-emule", listed, remap)] == wanted


@given(bans, remaps)
def test_every_ban_is_covered_and_nothing_is_listed_without_one(
    listed: list[Ban], remap: Remap
) -> None:
    found = set(entries(listed, remap))
    for one in listed:
        assert set(remap.entries(one)) <= found
    assert found == {entry for one in listed for entry in remap.entries(one)}


@given(st.integers(0, 2**32 - 1))
def test_mapped_addresses_never_have_dots(number: int) -> None:
    text = list(lines("ip", [ban(str(IPv4Address(number)))], Remap()))
    assert "." not in text[1]
    assert IPv6Address(text[1].strip()).ipv4_mapped == IPv4Address(number)


def _read_ip(line: str) -> Prefix:
    return ip_network(_whole(line))


def _read_p2p(line: str) -> Prefix:
    name, _, rest = _whole(line).partition(":")
    assert len(name) == 32
    first, _, last = rest.partition("-")
    return _between(ip_address(first), ip_address(last))


def _read_dat(line: str) -> Prefix:
    bounds, level, label = _whole(line).split(" , ")
    assert level == "000"
    first, last = bounds.split(" - ")
    found = _between(ip_address(first), ip_address(last))
    assert ip_network(label) == found
    return found


def _whole(line: str) -> str:
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return line[:-1]


def _between(first: IPAddress, last: IPAddress) -> Prefix:
    bits = first.max_prefixlen - (int(first) ^ int(last)).bit_length()
    kind = IPv4Network if isinstance(first, IPv4Address) else IPv6Network
    found = kind((int(first), bits))
    assert (found[0], found[-1]) == (first, last)
    return found
