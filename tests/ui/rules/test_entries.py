"""Addresses, ports and places are typed one by one or pasted many at once."""

from __future__ import annotations

import pytest

from app.ui.rules.entries import (
    read_addresses,
    read_countries,
    read_names,
    read_ports,
    read_systems,
)
from app.ui.rules.patterns import NotAnEntry


def test_a_pasted_list_is_taken_apart_and_put_in_normal_form() -> None:
    typed = "203.0.113.7,\n203.0.113.0/24; 2001:DB8::/32"

    assert read_addresses(typed) == ["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"]


@pytest.mark.parametrize("typed", ["1.2.3", "203.0.113.7 nonsense", "010.0.0.1"])
def test_one_bad_address_refuses_all_and_is_named(typed: str) -> None:
    with pytest.raises(NotAnEntry, match=typed.rsplit(maxsplit=1)[-1]):
        read_addresses(typed)


def test_ports_are_numbers_of_their_range() -> None:
    assert read_ports("15000 016881") == ["15000", "16881"]


@pytest.mark.parametrize("typed", ["0", "65536", "http", "-1", "²", "99999999999"])
def test_what_is_no_port_is_refused(typed: str) -> None:
    with pytest.raises(NotAnEntry):
        read_ports(typed)


def test_nothing_typed_is_refused() -> None:
    with pytest.raises(NotAnEntry):
        read_ports("  ")


def test_networks_are_numbers_with_or_without_their_letters() -> None:
    assert read_systems("AS4134, 4837") == ["4134", "4837"]
    with pytest.raises(NotAnEntry, match="ASX"):
        read_systems("ASX")


def test_countries_are_codes_of_two_letters() -> None:
    assert read_countries("cn US") == ["CN", "US"]
    with pytest.raises(NotAnEntry, match="China"):
        read_countries("China")


def test_names_may_hold_blanks() -> None:
    assert read_names("New York, 北京\uff0c 上海") == ["New York", "北京", "上海"]
    with pytest.raises(NotAnEntry):
        read_names(" , ")
