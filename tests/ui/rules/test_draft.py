"""Only what was changed is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.address import parse_prefix
from app.domain.rules.ip_blocklist import IP_BLOCKLIST
from app.domain.rules.names import CLIENT_NAME, PEER_ID
from app.settings.modules import IpAddressBlocker
from app.settings.profile import RULES, Profile
from app.ui.rules.columns import rule_about
from app.ui.rules.draft import Draft, differences, draft_of
from app.ui.rules.settings import rule_items, unnamed

PROFILE = Profile(
    ip_address_blocker=IpAddressBlocker(
        ips=(parse_prefix("203.0.113.0/24"),), ports=(15000,), ban_duration=None
    )
)


def test_every_rule_has_its_lists_under_the_keys_of_the_file() -> None:
    keys = {rule: list(draft_of(PROFILE, rule).lists) for rule in (PEER_ID, CLIENT_NAME)}

    assert keys == {PEER_ID: ["banned-peer-id"], CLIENT_NAME: ["banned-client-name"]}
    assert draft_of(PROFILE, IP_BLOCKLIST) == Draft(
        duration=None,
        lists={
            "ips": ("203.0.113.0/24",),
            "ports": ("15000",),
            "asns": (),
            "regions": (),
            "cities": (),
        },
        values={("net-type",): ()},
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_setting_of_every_rule_has_a_name_and_takes_its_default(rule: str) -> None:
    assert list(unnamed(rule)) == []
    for item in rule_items(rule):
        assert item.kind.read(item.default) == item.default, item.key


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_looks_at(rule: str) -> None:
    assert rule_about(rule)


def test_settings_are_written_by_their_keys_in_the_file() -> None:
    old = draft_of(Profile(), "anti-vampire")
    new = replace(old, values={("presets", "xunlei", "enabled"): False})

    assert differences(old, new) == {("presets", "xunlei", "enabled"): False}


def test_nothing_changed_is_nothing_to_write() -> None:
    draft = draft_of(PROFILE, IP_BLOCKLIST)

    assert differences(draft, draft) == {}


def test_ports_are_written_as_numbers_and_the_global_length_by_its_name() -> None:
    old = replace(draft_of(PROFILE, IP_BLOCKLIST), duration=60_000)
    new = replace(old, duration=None, lists={**old.lists, "ports": ("15000", "7")})

    assert differences(old, new) == {("ports",): [15000, 7], ("ban-duration",): "default"}
