"""Several lists together: the first that knows an address answers, alone as in a batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import IPAddress, address_key, parse_ip
from app.domain.address_lookup import AddressLookup
from app.domain.address_reader import parse_address_list

LISTS = (
    parse_address_list(b"1.2.3.0/24\n1.2.3.4\n2001:db8::/32"),
    parse_address_list(b"1.2.0.0/16\n::5"),
)


def test_the_first_list_answers_with_its_narrowest_entry() -> None:
    lookup = AddressLookup(LISTS)
    asked = ("1.2.3.4", "1.2.3.5", "1.2.9.9", "2001:db8::1", "::5", "0.0.0.5", "9.9.9.9")
    places = [lookup.find(parse_ip(text)) for text in asked]
    texts = [None if place is None else LISTS[place[0]][place[1]].text for place in places]
    assert texts == ["1.2.3.4", "1.2.3.0/24", "1.2.0.0/16", "2001:db8::/32", "::5", None, None]
    assert len(lookup) == 5


def test_what_was_not_in_the_batch_is_looked_up_all_the_same() -> None:
    lookup = AddressLookup(LISTS)
    lookup.look_up([parse_ip("1.2.3.4"), parse_ip("9.9.9.9")])
    assert lookup.find(parse_ip("9.9.9.9")) is None
    assert lookup.find(parse_ip("1.2.9.9")) == (1, lookup.lists[1].ip_set.find(parse_ip("1.2.9.9")))
    lookup.look_up([])
    assert lookup.find(parse_ip("1.2.3.4")) is not None


near = st.one_of(
    st.sampled_from(["1.2.3.4", "1.2.3.9", "1.2.255.255", "1.3.0.0", "2001:db8::9", "::5", "::6"]),
    st.ip_addresses().map(str),
).map(parse_ip)


@given(st.lists(near, max_size=12))
def test_a_batch_finds_what_one_by_one_finds(ips: list[IPAddress]) -> None:
    alone, together = AddressLookup(LISTS), AddressLookup(LISTS)
    together.look_up(ips)
    assert [together.find(ip) for ip in ips] == [alone.find(ip) for ip in ips]


@given(st.ip_addresses(), st.ip_addresses())
def test_keys_tell_addresses_of_both_families_apart(one: IPAddress, other: IPAddress) -> None:
    assert (address_key(one) == address_key(other)) is (one == other)
