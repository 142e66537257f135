"""The ban list as Transmission reads it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.transmission.ban_text import write
from app.domain.address import Prefix

blocks = st.builds(
    lambda number, bits: ip_network((number >> 32 - bits << 32 - bits, bits)),
    st.integers(0, 2**32 - 1),
    st.integers(8, 32),
)


def prefixes(*texts: str) -> list[Prefix]:
    return [ip_network(text) for text in texts]


def test_each_entry_is_a_line_with_its_first_and_last_address() -> None:
    text = write(prefixes("1.2.3.4", "203.0.113.0/24", "2001:db8:1000::/52", "240e:3a1::1"))

    assert text.body.decode() == (
        "PeerWarden:1.2.3.4-1.2.3.4\n"
        "PeerWarden:203.0.113.0-203.0.113.255\n"
        "PeerWarden:2001:db8:1000::-2001:db8:1000:fff:ffff:ffff:ffff:ffff\n"
        "PeerWarden:240e:3a1::1-240e:3a1::1\n"
    )
    assert text.size == 4


def test_the_order_of_entries_does_not_matter() -> None:
    some = prefixes("1.2.3.4", "1.2.3.0/24", "9.9.9.9", "::1")

    assert write(some) == write([*reversed(some), *some])


def test_an_empty_list_has_a_line_that_bans_nobody() -> None:
    text = write(())

    assert text.body == b"PeerWarden:127.127.127.127-127.127.127.127\n"
    assert text.size == 1
    assert not text.holds(ip_address("127.127.127.127"))


def test_neighbours_and_doubles_count_once() -> None:
    assert write(prefixes("1.2.3.4", "1.2.3.5", "1.2.3.0/24", "1.2.5.0/24", "::1")).size == 3


@given(st.lists(blocks, max_size=8), st.lists(st.integers(0, 2**32 - 1), max_size=8))
def test_it_holds_who_is_in_one_of_its_entries(entries: list[Prefix], numbers: list[int]) -> None:
    text = write(entries)
    ends = [end for each in entries for end in (each.network_address, each.broadcast_address)]
    for address in [*ends, *map(ip_address, numbers)]:
        assert text.holds(address) is any(
            address.version == each.version and address in each for each in entries
        )
