"""Addresses: what is read, what is refused, how blocks and tunnels are understood."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import (
    Endpoint,
    InvalidAddress,
    Translation,
    block_of,
    embedded_ipv4,
    mapped,
    parse_block,
    parse_ip,
    parse_prefix,
    show,
    single,
    translate,
    unmapped,
)

TEREDO = "2001:0:4136:e378:8000:63bf:3fff:fdd2"


@pytest.mark.parametrize(
    "text",
    [
        "016.0.0.0",
        "1.2.3",
        "1.2",
        "",
        " ",
        "1.2.3.4.5",
        "256.1.1.1",
        "localhost",
        "1.2.3.4:80",
        "::g",
        "1.2.*.*",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_ip(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3.4\r", "1.2.3.4"),
        (" [2001:DB8::1] ", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
    ],
)
def test_brackets_blanks_and_zones_are_dropped(text: str, expected: str) -> None:
    assert parse_ip(text) == ip_address(expected)


def test_a_prefix_with_host_bits_is_a_single_host() -> None:
    assert parse_prefix("1.2.3.4/16") == ip_network("1.2.3.4/32")
    assert parse_prefix("1.2.0.0/16") == ip_network("1.2.0.0/16")
    assert parse_prefix("1.2.0.0/255.255.0.0") == ip_network("1.2.0.0/16")


def test_a_block_with_host_bits_is_cut_to_its_network() -> None:
    assert parse_block("1.2.3.5/24") == ip_network("1.2.3.0/24")


@pytest.mark.parametrize(
    "text", ["1.2.3.4/33", "1.2.3.4/x", "1.2.3.4/-1", "::/129", "1.2.3.0/0.0.0.255/8"]
)
def test_a_bad_length_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_prefix(text)
    with pytest.raises(InvalidAddress):
        parse_block(text)


@given(st.ip_addresses(), st.data())
def test_the_block_around_an_address_holds_it(
    address: IPv4Address | IPv6Address, data: st.DataObject
) -> None:
    bits = data.draw(st.integers(0, address.max_prefixlen))
    assert block_of(address, bits) == ip_network(f"{address}/{bits}", strict=False)


@given(st.ip_addresses(), st.data())
def test_what_is_shown_can_be_read_back(
    address: IPv4Address | IPv6Address, data: st.DataObject
) -> None:
    block = block_of(address, data.draw(st.integers(0, address.max_prefixlen)))
    assert parse_prefix(show(block)) == block


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (parse_ip, parse_prefix, parse_block):
        try:
            read(text)
        except InvalidAddress as error:
            assert error.text in text  # noqa: PT017


def test_embedded_addresses_are_found() -> None:
    assert embedded_ipv4(IPv6Address("::ffff:1.2.3.4")) == IPv4Address("1.2.3.4")
    assert embedded_ipv4(IPv6Address("64:ff9b::1.2.3.4")) == IPv4Address("1.2.3.4")
    assert embedded_ipv4(IPv6Address(TEREDO)) == IPv4Address("192.0.2.45")
    assert embedded_ipv4(IPv6Address("::1.2.3.4")) is None
    assert embedded_ipv4(IPv6Address("64:ff9b:1::1.2.3.4")) is None


def test_mapping_lengthens_the_prefix_by_96() -> None:
    assert str(mapped(IPv4Network("1.2.3.0/24"))) == "::ffff:102:300/120"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("::ffff:1.2.3.4", "1.2.3.4/32"),
        ("::ffff:1.2.3.0/120", "1.2.3.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/80", "::/80"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("1.2.3.4", "1.2.3.4/32"),
    ],
)
def test_unmapping_undoes_mapping(given: str, plain: str) -> None:
    assert str(unmapped(parse_prefix(given))) == plain


def test_teredo_is_translated_only_when_asked() -> None:
    raw = Endpoint(ip_address(TEREDO), 6881)
    address = translate(raw, Translation(teredo=True))
    assert address.teredo_translated
    assert str(address.effective) == "192.0.2.45:40000"
    assert translate(raw, Translation()).effective == raw


def test_nat64_keeps_the_port() -> None:
    address = translate(Endpoint(ip_address("64:ff9b::1.2.3.4"), 51413), Translation())
    assert address.nat_translated
    assert str(address.effective) == "1.2.3.4:51413"
    raw = Endpoint(ip_address("64:ff9b::1.2.3.4"), 51413)
    assert translate(raw, Translation(nat64=False)).effective == raw


def test_a_mapped_address_is_plain_ipv4() -> None:
    address = translate(Endpoint(ip_address("::ffff:5.6.7.8"), 1), Translation())
    assert address.ip == ip_address("5.6.7.8")
    assert str(address.raw) == "[::ffff:5.6.7.8]:1" or str(address.raw) == "[::ffff:506:708]:1"
    assert single(address.ip) == ip_network("5.6.7.8/32")


def test_a_port_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidAddress):
        Endpoint(ip_address("1.2.3.4"), 65536)
