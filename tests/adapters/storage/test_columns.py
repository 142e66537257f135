"""What stands in single columns."""

from __future__ import annotations

import logging
from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import given

from app.adapters.storage.columns import (
    UnreadableRow,
    UnreadableRows,
    clamped,
    clean,
    ip_of,
    ip_text,
    prefix_text,
    text_of,
)
from app.domain.address import IPAddress, Prefix, parse_prefix
from tests.adapters.storage import values


@given(values.prefixes)
def test_a_key_names_exactly_its_prefix(prefix: Prefix) -> None:
    assert parse_prefix(prefix_text(prefix)) == prefix


@given(values.ips)
def test_an_address_survives_the_round_trip(address: IPAddress) -> None:
    assert ip_of(ip_text(address)) == address


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        (IPv4Network("1.2.3.4/32"), "1.2.3.4"),
        (IPv4Network("1.2.3.0/24"), "1.2.3.0/24"),
        (IPv6Network("2001:db8:0:0::/64"), "2001:db8::/64"),
        (IPv6Network("::ffff:102:304/128"), "::ffff:1.2.3.4"),
        (IPv6Network("::ffff:102:300/120"), "::ffff:1.2.3.0/120"),
    ],
)
def test_a_key_is_the_same_with_every_python(prefix: Prefix, key: str) -> None:
    assert prefix_text(prefix) == key


@pytest.mark.parametrize("text", ["", "1.2.3", "01.2.3.4", "1.2.3.4\0", "::g", "1.2.3.4/8"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ip_of(text)


@pytest.mark.parametrize(
    ("number", "column"), [(5, 5), (10**30, 2**63 - 1), (-(10**30), 1 - 2**63)]
)
def test_a_number_beyond_a_column_becomes_the_nearest(number: int, column: int) -> None:
    assert clamped(number) == column


def test_only_half_surrogates_are_replaced() -> None:
    assert clean("a\0ü漢😀") == "a\0ü漢😀"
    assert clean("a\ud800b") == "a?b"


@pytest.mark.parametrize("column", [None, 5, "text", b"\xff"])
def test_a_column_that_is_no_text_is_unreadable(column: object) -> None:
    with pytest.raises(UnreadableRow):
        text_of(column)


def test_the_log_names_the_first_unreadable_rows_and_counts_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unreadable = UnreadableRows("ban")
    with caplog.at_level(logging.WARNING):
        for number in range(50):
            unreadable.add(number, ValueError("odd"))
        unreadable.report()

    assert len(caplog.messages) == 11
    assert caplog.messages[0] == "ban 0 cannot be read and stays as it is: odd"
    assert caplog.messages[-1] == "ban: 50 in all cannot be read"
