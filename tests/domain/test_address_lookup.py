"""Several lists together: the first that knows an address answers, alone as in a batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import IPAddress, address_key, parse_ip
from app.domain.address_lookup import AddressLookup
from app.domain.address_reader import parse_address_list
from app.domain.split_keys import SplitKeys

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


near = st.one_of(
    st.sampled_from(["1.2.3.4", "1.2.3.9", "1.2.255.255", "1.3.0.0", "2001:db8::9", "::5", "::6"]),
    st.ip_addresses().map(str),
).map(parse_ip)


@given(st.lists(near, max_size=12))
def test_a_batch_finds_what_one_by_one_finds(ips: list[IPAddress]) -> None:
    lookup = AddressLookup(LISTS)
    found = {at: place for at, ip in enumerate(ips) if (place := lookup.find(ip)) is not None}
    assert lookup.find_many(SplitKeys([address_key(ip) for ip in ips])) == found


@given(st.ip_addresses(), st.ip_addresses())
def test_keys_tell_addresses_of_both_families_apart(one: IPAddress, other: IPAddress) -> None:
    assert (address_key(one) == address_key(other)) is (one == other)
