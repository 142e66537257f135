"""Comparing large sets of entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import Prefix, parse_prefix
from app.services.difference import compared, count_of_any, parted

entries = st.sets(st.integers(1, 12).map(lambda last: parse_prefix(f"192.0.2.{last}")))


@given(entries, entries)
async def test_what_is_too_much_and_what_is_missing_is_found(
    wanted: set[Prefix], owned: set[Prefix]
) -> None:
    assert await compared(wanted, owned) == (owned - wanted, wanted - owned)


async def test_large_ones_are_compared_as_small_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.difference._LARGE", 0)
    one, two = parse_prefix("192.0.2.1"), parse_prefix("192.0.2.2")
    assert await compared([one], [two]) == ({two}, {one})


@given(entries, entries, entries)
async def test_only_what_changed_is_told(
    changed: set[Prefix], wanted: set[Prefix], held: set[Prefix]
) -> None:
    missing, surplus = await parted(changed, wanted, held)
    assert missing == (wanted - held) & changed
    assert surplus == (held - wanted) & changed


@given(entries, entries, entries, entries)
def test_each_is_counted_once(
    some: set[Prefix], others: set[Prefix], more: set[Prefix], without: set[Prefix]
) -> None:
    assert count_of_any(some, others, more, without) == len((some | others | more) - without)
