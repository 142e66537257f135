"""Overrides are said in words, and written as profile.yml holds them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.verdict import Mode
from app.settings.modules import Preset, ProgressCheatBlocker
from app.settings.override import Override
from app.settings.profile import RULES, Profile, read_profile
from app.ui.rules.overrides import (
    as_written,
    changes_of,
    difference_words,
    override_items,
    scope_words,
    values_with,
)

PROGRESS = "progress-cheat-blocker"
LINUX = Override(
    name="Linux",
    category="iso",
    tracker="tracker.example.org",
    changes={
        PROGRESS: {"mode": Mode.SHADOW, "maximum_difference": 0.2, "ban_duration": None},
        "anti-vampire": {"xunlei": Preset(enabled=False)},
    },
)


def test_what_is_written_is_read_again() -> None:
    assert read_profile({"overrides": [as_written(LINUX)]}).overrides == (LINUX,)


def test_scopes_and_differences_are_said_in_words() -> None:
    assert scope_words(LINUX, str) == "category iso, tracker tracker.example.org"
    assert scope_words(Override(name="All"), str) == "all torrents"
    assert difference_words(LINUX) == (
        "Progress: shadow, Largest difference 20 %, Ban for as all bans;"
        " Known vampires: Xunlei (Thunder) off"
    )


def test_only_what_differs_or_was_named_before_is_a_change() -> None:
    entered: dict[tuple[str, ...], object] = {
        ("maximum-difference",): 0.1,
        ("minimum-size",): 5,
        ("rewinds-allowed",): 2,
    }
    found = changes_of(Profile(), LINUX, PROGRESS, entered)

    assert found == {"maximum_difference": 0.1, "minimum_size": 5}


def test_lists_that_the_form_does_not_show_are_kept() -> None:
    override = replace(LINUX, changes={"ip-address-blocker": {"ports": (1,)}})

    assert changes_of(Profile(), override, "ip-address-blocker", {}) == {"ports": (1,)}
    assert difference_words(override) == "Address list: ports"


def test_the_form_shows_what_is_in_force_there() -> None:
    profile = Profile(progress_cheat_blocker=ProgressCheatBlocker(minimum_size=7))
    values = values_with(profile, LINUX, PROGRESS)

    assert values[f"profile.yml/module.{PROGRESS}.maximum-difference"] == 0.2
    assert values[f"profile.yml/module.{PROGRESS}.minimum-size"] == 7


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_overridden(rule: str) -> None:
    values = values_with(Profile(), Override(name="x"), rule)

    assert all(
        item.kind.read(values[item.key]) == values[item.key] for item in override_items(rule)
    )
