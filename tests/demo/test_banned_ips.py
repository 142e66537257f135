"""The simulated server's ban list takes and gives back what the real one does."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.banned_ips import BanList, Entry, parse, parse_peers


def test_old_versions_take_single_addresses_only() -> None:
    lines = "1.2.3.4\n5.6.7.0/24\n8.8.8.1 - 8.8.8.9\n::ffff:7.7.7.7\nnonsense\n\n"

    assert str(parse(lines, takes_ranges=False)) == "1.2.3.4\n::ffff:7.7.7.7"


def test_new_versions_write_networks_back_as_ranges() -> None:
    lines = "9.9.9.9/32\n5.6.7.0/24\n2400::/126\n8.8.8.1 - 8.8.8.9\n1.2.3.4\n1.2.3.4\n"

    assert str(parse(lines, takes_ranges=True)).splitlines() == [
        "1.2.3.4",
        "2400:: - 2400::3",
        "5.6.7.0 - 5.6.7.255",
        "8.8.8.1 - 8.8.8.9",
        "9.9.9.9",
    ]


@pytest.mark.parametrize(
    "line", ["5.5.5.9 - 5.5.5.1", "5.5.5.1 - 2400::", "1.2.3.4/33", "01.2.3.4"]
)
def test_nonsense_is_dropped(line: str) -> None:
    assert not parse(line, takes_ranges=True).entries


def test_a_mapped_address_is_not_its_ipv4_address() -> None:
    bans = parse("1.2.3.4", takes_ranges=True)

    assert bans.blocks(ip_address("1.2.3.4"))
    assert not bans.blocks(ip_address("::ffff:1.2.3.4"))
    assert parse("::ffff:102:304/126", takes_ranges=True).blocks(ip_address("::ffff:1.2.3.5"))


@pytest.mark.parametrize(
    "item",
    ["1.2.3.4", "1.2.3.4:0", "1.2.3.4:65536", "2400::5:6881", "5.6.7.0/24:1", "01.2.3.4:1", ""],
)
def test_an_incremental_ban_ignores_what_is_no_address_with_a_port(item: str) -> None:
    assert parse_peers(f"{item}|9.9.9.9:1") == [ip_address("9.9.9.9")]


def test_an_incremental_ban_takes_both_families() -> None:
    assert [str(ip) for ip in parse_peers("1.2.3.4:1| [2400::5]:6881|[1.2.3.5]:1")] == [
        "1.2.3.4",
        "2400::5",
        "1.2.3.5",
    ]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40))), st.integers(0, 400))
def test_an_address_is_blocked_exactly_if_an_entry_holds_it(
    ranges: list[tuple[int, int]], probe: int
) -> None:
    base = int(ip_address("60.1.0.0"))
    entries = [Entry(ip_address(base + a), ip_address(base + a + n)) for a, n in ranges]

    expected = any(a <= probe <= a + n for a, n in ranges)

    assert BanList(entries).blocks(ip_address(base + probe)) is expected
    assert not BanList(entries).blocks(ip_address("2400::1"))
