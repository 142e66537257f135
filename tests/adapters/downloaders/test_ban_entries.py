"""Entries of ban lists: known in every spelling, those of the user left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.ban_entries import (
    find_lacking,
    index_of,
    make_plan,
    read_entry,
    span_of,
    spans_of,
    spell,
)
from app.domain.address import Prefix, block_of, is_single, parse_ip, parse_prefix, single


def prefixes(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(parse_prefix, texts))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1.2.3.4", "1.2.3.4/32"),
        ("1.2.3.0 - 1.2.3.255", "1.2.3.0/24"),
        ("1.2.3.0-1.2.3.255", "1.2.3.0/24"),
        ("1.2.3.77/24", "1.2.3.0/24"),
        ("2001:DB8::0001", "2001:db8::1/128"),
        ("2001:db8:: - 2001:db8:0:fff:ffff:ffff:ffff:ffff", "2001:db8::/52"),
        ("::ffff:7.7.7.7", "::ffff:707:707/128"),
        ("::ffff:9.8.0.0 - ::ffff:9.8.255.255", "::ffff:908:0/112"),
    ],
)
def test_an_entry_is_known_in_every_spelling(text: str, same: str) -> None:
    assert read_entry(text) == span_of(parse_prefix(same))


@pytest.mark.parametrize("text", ["", "-", "bogus", "1.2.3.4 - ::1", "1.2.3.9 - 1.2.3.4", "1.2/8"])
def test_what_is_no_entry_is_told_apart(text: str) -> None:
    assert read_entry(text) is None


@given(st.text())
def test_any_text_can_stand_in_the_list(text: str) -> None:
    read_entry(text)


entries = st.ip_addresses().map(single) | st.builds(
    block_of, st.ip_addresses(v=6), st.sampled_from([48, 52, 64])
)


@given(st.lists(entries), st.lists(entries), st.lists(entries))
def test_a_plan_holds_what_is_wanted_and_what_is_foreign_and_nothing_else(
    wanted: list[Prefix], owned: list[Prefix], foreign: list[Prefix]
) -> None:
    standing = [spell(prefix) for prefix in [*foreign, *owned]]
    ours = spans_of(wanted, ranges=True)
    plan = make_plan("\n".join(standing), ours, owned)
    kept = {spell(prefix) for prefix in foreign if prefix not in owned}
    assert set(plan.entries) == set(ours) | kept
    assert plan.changes == (set(plan.entries) != set(standing))
    text = "\n".join(plan.entries)
    assert find_lacking(text, ours) == []
    assert not make_plan(text, ours, owned).changes
    assert make_plan(text, ours, owned).entries == plan.entries


@given(entries)
def test_an_entry_is_spelled_so_that_it_can_be_read_again(prefix: Prefix) -> None:
    assert read_entry(spell(prefix)) == span_of(prefix)
    assert spans_of([prefix], ranges=True) == {spell(prefix): span_of(prefix)}
    assert bool(spans_of([prefix], ranges=False)) == is_single(prefix)


def test_a_mapped_address_is_spelled_as_qt_does() -> None:
    assert spell(parse_prefix("::ffff:102:304")) == "::ffff:1.2.3.4"
    assert spell(parse_prefix("1.2.3.4")) == "1.2.3.4"


def test_foreign_entries_keep_their_spelling_and_unreadable_ones_their_place() -> None:
    standing = "1.2.3.0 - 1.2.3.255\nwhatever\n2001:DB8::5\n9.9.9.9"
    plan = make_plan(standing, spans_of(prefixes("5.5.5.5"), ranges=True), prefixes("9.9.9.9"))
    assert set(plan.entries) == {"1.2.3.0 - 1.2.3.255", "whatever", "2001:DB8::5", "5.5.5.5"}
    assert plan.changes


def test_our_own_range_in_the_servers_spelling_is_ours() -> None:
    standing = "1.2.0.0 - 1.2.255.255\n::ffff:1.2.0.0 - ::ffff:1.2.255.255"
    ours = prefixes("1.2.0.0/16", "::ffff:102:0/112")
    spans = spans_of(ours, ranges=True)
    assert not make_plan(standing, spans, ours).changes
    assert make_plan(standing, {}, ours).entries == ()
    assert find_lacking(standing, spans) == []
    assert find_lacking(standing, spans_of(prefixes("1.2.3.4"), ranges=True)) == ["1.2.3.4"]


@pytest.mark.parametrize("count", [2, 2_000])
async def test_whoever_is_inside_is_found_in_few_entries_and_in_many(count: int) -> None:
    fillers = (single(parse_ip(f"20.0.{n // 256}.{n % 256}")) for n in range(count))
    places = await index_of([*fillers, parse_prefix("1.2.0.0/16")])
    assert places.find(parse_ip("1.2.3.4"))
    assert not places.find(parse_ip("1.3.3.4"))
