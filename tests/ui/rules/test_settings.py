"""The settings of rules as data for forms, made from their areas."""

from __future__ import annotations

import pytest

from app.domain.verdict import Mode
from app.services.ports import Settings
from app.settings.config import Config
from app.settings.list_kind import Ports, Prefixes, Rules
from app.settings.modules import AntiVampire, Preset
from app.settings.profile import RULES, Profile
from app.ui.rules.settings import list_fields, list_kind, mode_item, rule_items


def test_lists_are_edited_apart_from_the_form() -> None:
    assert list_fields("ip-address-blocker") == ("ips", "ports", "asns", "regions", "cities")
    assert list_fields("peer-id-blacklist") == ("banned_peer_id",)
    assert list_fields("progress-cheat-blocker") == ()
    assert isinstance(list_kind("ip-address-blocker", "ips"), Prefixes)
    assert isinstance(list_kind("ip-address-blocker", "ports"), Ports)
    assert isinstance(list_kind("ptr-blacklist", "ptr_rules"), Rules)


def test_what_is_no_list_has_no_kind_of_one() -> None:
    with pytest.raises(KeyError):
        list_kind("anti-vampire", "xunlei")


@pytest.mark.parametrize("rule", RULES)
def test_no_setting_stands_in_two_places(rule: str) -> None:
    keys = [item.key for item in (mode_item(rule), *rule_items(rule))]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith(f"profile.yml/module.{rule}.") for key in keys)
    lists = {name.replace("_", "-") for name in list_fields(rule)}
    assert lists.isdisjoint(item.path[-1] for item in rule_items(rule))


def test_a_preset_is_its_switch() -> None:
    (item,) = rule_items("anti-vampire")
    assert item.key == "profile.yml/module.anti-vampire.presets.xunlei.enabled"
    assert item.default is True
    without = Profile(anti_vampire=AntiVampire(xunlei=Preset(enabled=False)))
    assert item.value(Settings(config=Config(), profile=without)) is False


def test_the_mode_of_a_rule_is_one_of_three() -> None:
    item = mode_item("auto-range-ban")
    assert item.default is Mode.SHADOW
    assert [choice for choice, _words in item.choices] == list(Mode)
    assert item.kind.read("enforce") is Mode.ENFORCE
