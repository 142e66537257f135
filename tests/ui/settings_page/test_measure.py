"""Limits and values of settings in words."""

from __future__ import annotations

import pytest

from app.domain.verdict import Mode
from app.settings.errors import InvalidSetting
from app.ui.rules.settings import mode_item, rule_items
from app.ui.settings_page.item import Item
from app.ui.settings_page.items import BREAKER, GENERAL, WATCHING
from app.ui.settings_page.measure import allowed, hint, shown, unit
from app.ui.settings_page.network_items import SERVER


def rule_item(rule: str, name: str) -> Item:
    return next(item for item in rule_items(rule) if item.path[-1] == name)


SHARE, _PEERS, WINDOW = BREAKER.items[1:]
SIZE = rule_item("progress-cheat-blocker", "minimum-size")
GAP = rule_item("progress-cheat-blocker", "maximum-difference")
BITS = rule_item("multi-dialing-blocker", "subnet-mask-length")
LIFE = rule_item("multi-dialing-blocker", "cache-lifespan")


def refusal(item: Item, value: object) -> str:
    with pytest.raises(InvalidSetting) as caught:
        item.kind.read(value)
    return allowed(item, caught.value)


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        (SHARE, 0.125, "12.5 %"),
        (GAP, 0.07, "7 %"),
        (SIZE, 50_000_000, "50 MB"),
        (SIZE, 64 * 2**20, "64 MiB"),
        (SIZE, 1_001, "1,001 B"),
        (SIZE, 0, "0 B"),
        (WINDOW, 5_000, "5 s"),
        (WINDOW, 1_500, "1.500 s"),
        (WATCHING.items[1], 14 * 86_400_000, "14 days"),
        (LIFE, 86_400, "1 day"),
        (BITS, 24, "24"),
        (BREAKER.items[0], True, "on"),
        (BREAKER.items[0], False, "off"),
        (mode_item("btn"), Mode.SHADOW, "shadow"),
        (BITS, None, ""),
        (WATCHING.items[2], ("a", "b"), "a, b"),
    ],
)
def test_values_are_said_in_their_unit(item: Item, value: object, words: str) -> None:
    assert shown(item, value) == words


def test_a_hint_tells_limits_that_one_can_meet_and_the_default() -> None:
    assert hint(BITS).endswith("From 0 to 32. Default: 24.")
    assert hint(SHARE).endswith("From 1 % to 100 %. Default: 50 %.")
    assert "From" not in hint(SIZE)
    assert hint(SIZE).endswith("Default: 50 MB.")
    assert "Default" not in hint(WATCHING.items[2])
    restarting = [item for item in (*GENERAL.items, *SERVER.items) if item.restart]
    assert restarting
    assert all("Takes effect with the next start." in hint(item) for item in restarting)


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        (WINDOW, 5, "at least 1 s"),
        (SHARE, 2, "from 1 % to 100 %"),
        (SHARE, "much", "from 1 % to 100 %"),
        (SIZE, -1, "at least 0 B"),
        (LIFE, 0, "at least 1 s"),
    ],
)
def test_what_is_allowed_is_said_in_the_same_words(item: Item, value: object, words: str) -> None:
    assert refusal(item, value) == words


def test_a_field_has_the_unit_behind_it_that_it_has_not_inside() -> None:
    assert unit(SHARE) == "%"
    assert unit(WINDOW) == ""
    assert unit(BITS) in ("", "bits")
