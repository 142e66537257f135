"""Simulated addresses look public and keep apart."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.address import COUNTRIES, Form, country, embedded, neighbour, public, text

NUMBERS = st.integers(0, 3_000_000)
PORTS = st.integers(1025, 65_535)


@given(NUMBERS, PORTS, st.sampled_from([Form.IPV4, Form.IPV6]))
def test_every_address_is_a_public_one(number: int, port: int, form: Form) -> None:
    assert public(form, number, port).is_global


@given(NUMBERS, PORTS, st.sampled_from([Form.MAPPED, Form.NAT64, Form.TEREDO]))
def test_an_embedded_address_is_the_public_one_of_the_same_number(
    number: int, port: int, form: Form
) -> None:
    assert embedded(public(form, number, port)) == public(Form.IPV4, number, port)


def test_a_teredo_address_hides_its_port_as_the_standard_says() -> None:
    address = public(Form.TEREDO, 5, 40_000)

    assert address in ip_network("2001::/32")
    assert (~int(address) >> 32) & 0xFFFF == 40_000


@pytest.mark.parametrize(("form", "bits"), [(Form.IPV4, 24), (Form.IPV6, 48)])
def test_no_two_numbers_share_a_subnet(form: Form, bits: int) -> None:
    subnets = {
        ip_network(f"{public(form, number, 6881)}/{bits}", strict=False) for number in range(20_000)
    }

    assert len(subnets) == 20_000


def test_neighbours_share_a_subnet_that_nobody_else_is_in() -> None:
    subnet = ip_network(f"{neighbour(1, 1)}/24", strict=False)

    assert neighbour(1, 9) in subnet
    assert neighbour(1, 9) != neighbour(1, 1)
    assert neighbour(2, 1) not in subnet
    assert not any(public(Form.IPV4, number, 6881) in subnet for number in range(20_000))


def test_a_mapped_address_is_written_with_its_dotted_end() -> None:
    assert text(IPv6Address("::ffff:0102:0304")) == "::ffff:1.2.3.4"
    assert text(IPv6Address("2400:0:0:1::5")) == "2400:0:0:1::5"
    assert text(IPv4Address("1.2.3.4")) == "1.2.3.4"


@given(NUMBERS, st.sampled_from(Form))
def test_every_address_has_a_country_with_a_name(number: int, form: Form) -> None:
    assert country(public(form, number, 6881)) in COUNTRIES
