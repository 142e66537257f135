"""The filter's odd ways are known, and plans keep bans and the user's ranges side by side."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.rtorrent.filter import (
    LAST,
    Entry,
    Plan,
    Table,
    change_plan,
    find_lacking,
    make_plan,
    nests,
    read_table,
)
from app.domain.address import Prefix

WORLD = range(64)
"""Addresses 0.0.0.0 to 0.0.0.63: all that these tests look at."""


def prefixes(*texts: str) -> frozenset[Prefix]:
    return frozenset(map(ip_network, texts))


def lines(table: Table) -> list[str]:
    return [f"{entry.address} {entry.value}" for entry in table]


def filled(*entries: str) -> Table:
    """Put one after the other, as `a` or `a-b`, with a plus in front for preferred."""
    table = Table()
    for text in entries:
        bare = text.removeprefix("+")
        first, _, last = bare.partition("-")
        value = "unwanted" if bare == text else "preferred"
        (entry,) = read_table([f"{first}-{last or first} {value}"])
        table.put(entry)
    return table


# As 0.9.8 and 0.16.17 were seen to do; tests/integration/test_rtorrent.py compares at random.
@pytest.mark.parametrize(
    ("put", "held"),
    [
        (["7.7.7.7", "7.7.7.0-7.7.7.255"], ["7.7.7.0-7.7.7.255 unwanted"]),
        (
            ["7.7.7.0-7.7.7.255", "7.7.7.7"],
            ["7.7.7.0-7.7.7.255 unwanted", "7.7.7.7 unwanted"],
        ),
        (["7.7.7.0-7.7.7.255", "+7.7.7.7"], ["7.7.7.7 preferred"]),
        (["9.9.9.0-9.9.9.10", "9.9.9.0"], ["9.9.9.0-9.9.9.10 unwanted"]),
        (["+9.9.9.0-9.9.9.10", "9.9.9.5-9.9.9.20"], ["9.9.9.5-9.9.9.20 unwanted"]),
        (["8.8.8.8", "+0.0.0.0-255.255.255.255"], ["0.0.0.0-255.255.255.255 preferred"]),
    ],
)
def test_a_new_range_deletes_what_it_holds_and_what_differs(
    put: list[str], held: list[str]
) -> None:
    assert lines(filled(*put)) == held


def test_a_range_inside_another_hides_the_rest_of_it() -> None:
    table = filled("7.7.7.0-7.7.7.255", "7.7.7.7")
    block = int(ip_network("7.7.7.0/24").network_address)
    assert table.find(block + 6) is not None
    assert table.find(block + 9) is None
    assert not table.holds((block, block + 255))
    assert table.holds((block, block + 7))


def test_what_it_tells_is_read_and_told_as_it_takes_it() -> None:
    told = ["1.2.3.4-1.2.3.4 unwanted", "5.6.7.0-5.6.7.255 preferred", "odd", "1.2.3-x unwanted"]
    told += ["::1-::2 unwanted", "1.1.1.1-::2 unwanted", "9.9.9.9-8.8.8.8 unwanted"]
    assert lines(read_table(told)) == ["1.2.3.4 unwanted", "5.6.7.0-5.6.7.255 preferred"]


def test_a_removal_takes_the_neighbour_along_and_leaves_it_as_it_was() -> None:
    table = filled("1.1.1.1", "2.2.2.2", "3.3.3.3-3.3.3.9")
    plan = make_plan(table, prefixes("1.1.1.1"), prefixes("1.1.1.1", "2.2.2.2"))
    assert [[e.address for e in step] for step in plan.steps] == [
        ["2.2.2.2-3.3.3.3", "3.3.3.3-3.3.3.9"]
    ]
    assert [step[0].value for step in plan.steps] == ["preferred"]
    assert lines(plan.table) == ["1.1.1.1 unwanted", "3.3.3.3-3.3.3.9 unwanted"]


def test_neighbours_are_removed_together() -> None:
    ours = prefixes("1.1.1.1", "1.1.1.2", "1.1.1.4")
    plan = make_plan(filled("1.1.1.1", "1.1.1.2", "1.1.1.4", "+9.9.9.9"), prefixes(), ours)
    assert [[e.address for e in step] for step in plan.steps] == [["1.1.1.1-9.9.9.9", "9.9.9.9"]]
    assert lines(plan.table) == ["9.9.9.9 preferred"]


def test_the_last_of_all_is_removed_with_the_help_of_an_address_that_nobody_has() -> None:
    plan = make_plan(filled("1.1.1.1"), prefixes(), prefixes("1.1.1.1"))
    assert lines(plan.table) == ["255.255.255.255 unwanted"]


def test_a_ban_inside_a_wider_one_is_not_put_there() -> None:
    plan = make_plan(Table(), prefixes("1.0.0.0/8", "1.2.3.4"), prefixes())
    assert lines(plan.table) == ["1.0.0.0-1.255.255.255 unwanted"]
    assert plan.lacking == []
    plan = make_plan(plan.table, prefixes("1.2.3.4"), prefixes("1.0.0.0/8", "1.2.3.4"))
    assert lines(plan.table) == ["1.2.3.4 unwanted", "255.255.255.255 unwanted"]


def test_a_ban_around_a_range_of_the_users_leaves_it_out() -> None:
    table = filled("1.0.0.5", "+1.0.0.9")
    ours = prefixes("1.0.0.0/28")
    plan = make_plan(table, ours, ours)
    assert [e.address for e in plan.table] == [
        "1.0.0.0-1.0.0.4",
        "1.0.0.5",
        "1.0.0.6-1.0.0.8",
        "1.0.0.9",
        "1.0.0.10-1.0.0.15",
    ]
    assert len(plan.lacking) == 1  # the user prefers one of them
    plan = make_plan(plan.table, prefixes(), ours, plan.parts)
    assert lines(plan.table) == [
        "1.0.0.5 unwanted",
        "1.0.0.9 preferred",
        "255.255.255.255 unwanted",
    ]


def test_nothing_is_said_when_nothing_changes() -> None:
    ours = prefixes("1.0.0.0/28", "9.9.9.9")
    plan = make_plan(filled("1.0.0.0-1.0.0.15", "9.9.9.9"), ours, ours)
    assert plan.steps == []


@st.composite
def apart(draw: st.DrawFn) -> list[Entry]:
    """Ranges of the user's that do not overlap."""
    cuts = sorted(draw(st.sets(st.sampled_from(WORLD), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Entry(first, last, draw(st.booleans())) for first, last in pairs]


blocks = st.builds(
    lambda number, bits: IPv4Network((number >> 32 - bits << 32 - bits, bits)),
    st.sampled_from(WORLD),
    st.sampled_from([28, 30, 31, 32]),
)


def told(table: Table, address: int) -> bool | None:
    entry = table.find(address)
    return None if entry is None else entry.unwanted


def replayed(table: Table, plan: Plan) -> Table:
    """What the steps of `plan` make of it."""
    now = table.copy()
    for step in plan.steps:
        for entry in step:
            now.put(entry)
    return now


@given(apart(), st.lists(st.sets(blocks, max_size=6), min_size=1, max_size=5))
def test_whatever_is_banned_and_unbanned_the_user_has_what_was_there(
    entries: list[Entry], pushes: list[set[IPv4Network]]
) -> None:
    table = Table(entries)
    before = {address: told(table, address) for address in WORLD}
    spans = {entry.span for entry in entries}
    owned: set[Prefix] = set()
    parts: frozenset[tuple[int, int]] = frozenset()
    for push in [*pushes, set()]:
        # An entry that is the same as the user's becomes ours: nobody could tell them apart.
        wanted = {b for b in push if (int(b[0]), int(b[-1])) not in spans}
        owned |= wanted
        plan = make_plan(table, wanted, owned, parts)
        assert list(replayed(table, plan)) == list(plan.table)
        table, parts = plan.table, plan.parts
        for address in WORLD:
            theirs = before[address]
            ours = any(int(b[0]) <= address <= int(b[-1]) for b in wanted)
            assert told(table, address) is (True if theirs is None and ours else theirs)
        assert find_lacking(table, wanted) == list(plan.lacking)
    left = [entry for entry in table if entry.first != LAST]
    assert left == entries


@given(
    st.lists(st.builds(Entry, st.sampled_from(WORLD), st.just(0), st.booleans()), max_size=6),
    st.lists(st.integers(0, 8), min_size=6, max_size=6),
    st.sets(blocks, max_size=6),
)
def test_bans_hold_also_where_the_users_ranges_nest(
    starts: list[Entry], lengths: list[int], wanted: set[IPv4Network]
) -> None:
    table = Table()
    for entry, length in zip(starts, lengths, strict=False):
        table.put(Entry(entry.first, entry.first + length, entry.unwanted))
    plan = make_plan(table, wanted, wanted)
    for block in wanted:
        for address in range(int(block[0]), int(block[-1]) + 1):
            preferred = told(table, address) is False
            assert told(plan.table, address) is not None
            assert preferred or told(plan.table, address)


singles = st.sets(st.sampled_from([IPv4Network(number) for number in WORLD]), max_size=6)


@given(apart(), singles, singles)
def test_a_few_changes_come_to_the_same_as_the_whole(
    entries: list[Entry], before: set[IPv4Network], after: set[IPv4Network]
) -> None:
    owned = before | after
    start = make_plan(Table(entries), before, owned)
    assert not nests(start.table)
    plan = change_plan(start.table, after - before, before - after)
    if plan is None:
        assert any(told(start.table, int(block[0])) is False for block in after)
        return
    whole = make_plan(start.table, after, owned)
    assert list(replayed(start.table, plan)) == list(plan.table) == list(whole.table)


def test_blocks_need_a_look_at_the_whole() -> None:
    assert change_plan(Table(), prefixes("1.0.0.0/31"), ()) is None
    assert change_plan(Table(), (), prefixes("1.0.0.0/31")) is None
    assert change_plan(filled("+1.1.1.1"), prefixes("1.1.1.1"), ()) is None


def test_overlapping_ranges_are_seen() -> None:
    assert nests(filled("7.7.7.0-7.7.7.255", "7.7.7.7"))
    assert not nests(filled("7.7.7.0-7.7.7.6", "7.7.7.7"))
