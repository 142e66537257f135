"""The remapping table of reference/rules.md 1.13; R9 and R10 as D-23 advises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import block_of, parse_prefix, show
from app.domain.remap import Remap
from tests.domain.examples import ban


@pytest.mark.parametrize(
    ("key", "ipv4", "ranges", "expected"),
    [
        pytest.param("1.2.3.4", None, True, ["1.2.3.4", "::ffff:1.2.3.4"], id="R1"),
        pytest.param("1.2.3.4", 30, True, ["1.2.3.4/30", "::ffff:102:304/126"], id="R2"),
        pytest.param("1.2.3.4", 30, False, ["1.2.3.4", "::ffff:1.2.3.4"], id="R3"),
        pytest.param("1.2.3.0/24", 30, True, ["1.2.3.0/24", "::ffff:102:300/120"], id="R4"),
        pytest.param("2001:db8:1:2ff::9", None, True, ["2001:db8:1::/52"], id="R5"),
        pytest.param("2001:db8:1:2ff::9", None, False, ["2001:db8:1:2ff::9"], id="R6"),
        pytest.param("2001:db8::/32", None, True, ["2001:db8::/32"], id="R7"),
        pytest.param("64:ff9b::1.2.3.4", None, False, ["64:ff9b::102:304", "1.2.3.4"], id="R8"),
        pytest.param("64:ff9b::1.2.3.4", None, True, ["64:ff9b::102:304", "1.2.3.4"], id="R9"),
        pytest.param(
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            None,
            True,
            ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45"],
            id="R10",
        ),
    ],
)
def test_entries_are_widened_and_completed(
    key: str, ipv4: int | None, *, ranges: bool, expected: list[str]
) -> None:
    entries = Remap(ipv4=ipv4, ranges=ranges).entries(ban(key))
    assert entries == tuple(parse_prefix(text) for text in expected)


def test_a_translated_peer_is_listed_by_both_addresses() -> None:
    entries = Remap().entries(ban("1.2.3.4", raw="64:ff9b::1.2.3.4"))
    assert [show(entry) for entry in entries] == ["1.2.3.4", "::ffff:102:304", "64:ff9b::102:304"]


def test_no_entry_takes_in_what_is_spared_by_being_widened() -> None:
    spared = (parse_prefix("2001:db8:1:2::7"), parse_prefix("1.2.3.5"))
    remap = Remap(ipv4=30, ipv6=52, spared=spared)
    assert [show(e) for e in remap.entries(ban("2001:db8:1:3::9"))] == ["2001:db8:1:3::9"]
    assert [show(e) for e in remap.entries(ban("1.2.3.4"))] == ["1.2.3.4", "::ffff:102:304"]
    assert [show(e) for e in remap.entries(ban("1.2.3.8"))] == ["1.2.3.8/30", "::ffff:102:308/126"]


def test_a_mapped_block_counts_as_ipv4() -> None:
    assert Remap().expand(parse_prefix("::ffff:102:300/120"))[0] == parse_prefix("1.2.3.0/24")


@given(st.ip_addresses(), st.integers(0, 128), st.integers(1, 32), st.integers(1, 128))
def test_the_banned_block_is_always_covered(ip, bits, ipv4, ipv6) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    prefix = block_of(ip, min(bits, ip.max_prefixlen))
    first = Remap(ipv4=ipv4, ipv6=ipv6).expand(prefix)[0]
    if first.version == prefix.version:
        assert prefix.subnet_of(first)  # type: ignore[arg-type]
