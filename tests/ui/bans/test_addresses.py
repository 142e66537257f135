"""Pasted lists of addresses are read, and what is none is named."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.bans.addresses import read_addresses


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7:6881", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("[2001:db8::1]:6881", "2001:db8::1/128"),
        ("[2001:db8::1]", "2001:db8::1/128"),
        ("2001:db8::1/56", "2001:db8::/56"),
    ],
)
def test_common_ways_to_write_an_address_are_understood(text: str, block: str) -> None:
    assert read_addresses(text).prefixes == (ip_network(block),)


def test_separators_remarks_and_repeats_do_not_matter() -> None:
    pasted = read_addresses("192.0.2.1, 192.0.2.2;192.0.2.1 # 192.0.2.9\n\n#x\n")
    assert pasted.prefixes == (ip_network("192.0.2.1"), ip_network("192.0.2.2"))
    assert pasted.wrong == ()


def test_what_is_no_address_is_named() -> None:
    assert read_addresses("192.0.2.1 1.2.3 example.org").wrong == ("1.2.3", "example.org")


@given(st.text())
def test_any_text_can_be_pasted(text: str) -> None:
    pasted = read_addresses(text)
    assert len(set(pasted.prefixes)) == len(pasted.prefixes)
