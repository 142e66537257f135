"""Overrides: for which torrents they hold, and what is different there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from app.domain.verdict import Mode
from app.settings.errors import InvalidSetting
from app.settings.override import Override
from app.settings.profile import Profile, read_profile
from tests.domain.examples import UBUNTU

LINUX = structs.replace(
    UBUNTU,
    category="linux",
    tags=("iso", "keep"),
    tracker="https://user@Tracker.Example.org:443/announce",
)


@pytest.mark.parametrize(
    ("scopes", "fits"),
    [
        ({}, True),
        ({"downloader": "qb"}, True),
        ({"downloader": "other"}, False),
        ({"category": "linux"}, True),
        ({"category": "Linux"}, False),
        ({"tag": "keep"}, True),
        ({"tag": "drop"}, False),
        ({"tracker": "example.org"}, True),
        ({"tracker": "tracker.example.ORG"}, True),
        ({"tracker": "ample.org"}, False),
        ({"torrent": UBUNTU.hash.upper()}, True),
        ({"torrent": "bb"}, False),
        ({"category": "linux", "tag": "drop"}, False),
    ],
)
def test_every_scope_given_must_fit(scopes: dict[str, Any], fits: bool) -> None:  # noqa: FBT001 - a table
    assert replace(Override(name="x"), **scopes).fits("qb", LINUX) is fits


def profile_with(*overrides: object) -> Profile:
    modules = {"progress-cheat-blocker": {"enabled": True, "maximum-difference": 0.3}}
    return read_profile({"module": modules, "overrides": list(overrides)})


def test_only_what_is_given_is_different() -> None:
    values = {"maximum-difference": "0.2", "mode": "shadow", "ban-duration": "default"}
    profile = profile_with({"name": "x", "rules": {"progress-cheat-blocker": values}})
    (override,) = profile.overrides
    area = override.applied("progress-cheat-blocker", profile.progress_cheat_blocker)
    assert area == replace(
        profile.progress_cheat_blocker,
        maximum_difference=0.2,
        mode=Mode.SHADOW,
        ban_duration=None,
    )
    assert override.applied("anti-vampire", profile.anti_vampire) is profile.anti_vampire


@pytest.mark.parametrize(
    ("word", "mode"), [(False, Mode.OFF), ("off", Mode.OFF), (True, "enforce")]
)
def test_off_may_have_become_false_on_its_way_through_yaml(word: object, mode: str) -> None:
    (override,) = profile_with({"name": "x", "rules": {"btn": {"mode": word}}}).overrides
    assert override.changes["btn"]["mode"] == mode


def test_a_section_inside_can_be_different() -> None:
    values = {"presets": {"xunlei": {"enabled": False}}}
    profile = profile_with({"name": "x", "rules": {"anti-vampire": values}})
    area = profile.overrides[0].applied("anti-vampire", profile.anti_vampire)
    assert not area.xunlei.enabled


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"rules": {}}, "overrides[0].name"),
        ({"name": "x", "rules": {"no-rule": {}}}, "overrides[0].rules"),
        (
            {"name": "x", "rules": {"auto-range-ban": {"ipv4": 33}}},
            "overrides[0].rules.auto-range-ban.ipv4",
        ),
        ({"name": "x", "rules": {"btn": {"moed": "off"}}}, "overrides[0].rules.btn"),
        ("nonsense", "overrides[0]"),
    ],
)
def test_what_cannot_be_read_is_named(entry: object, key: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        profile_with(entry)
    assert caught.value.problems[0].key == key
