"""What profile.yml says."""

import pytest

from app.domain.string_rule import UnmetIf
from app.domain.verdict import Mode
from app.settings.change import REMOVE
from app.settings.errors import InvalidSetting
from app.settings.override import Override
from app.settings.profile import Profile, in_step, read_profile

RULE = '{"method":"STARTS_WITH","content":"-hp"}'


def mode_of(section: object) -> Mode:
    return read_profile({"module": {"peer-id-blacklist": section}}).peer_id_blacklist.mode


@pytest.mark.parametrize(
    ("section", "mode"),
    [
        (None, Mode.OFF),
        ({}, Mode.OFF),
        ({"enabled": True}, Mode.ENFORCE),
        ({"enabled": "yes"}, Mode.ENFORCE),
        ({"enabled": False}, Mode.OFF),
        ({"mode": "shadow"}, Mode.SHADOW),
        ({"mode": "Enforce"}, Mode.ENFORCE),
        ({"enabled": True, "mode": "shadow"}, Mode.SHADOW),
        ({"enabled": True, "mode": "off"}, Mode.OFF),
        ({"enabled": True, "mode": False}, Mode.OFF),
        ({"enabled": False, "mode": "enforce"}, Mode.OFF),
        ({"enabled": False, "mode": "shadow"}, Mode.OFF),
    ],
)
def test_pbhs_switch_and_ours_make_one_mode(section: object, mode: Mode) -> None:
    assert mode_of(section) is mode


@pytest.mark.parametrize(
    "section", [{"enabled": "x"}, {"mode": "x"}, {"enabled": 5, "mode": "off"}]
)
def test_a_switch_that_is_none_is_named(section: dict[str, object]) -> None:
    with pytest.raises(InvalidSetting, match=r"module\.peer-id-blacklist\.(enabled|mode) is"):
        mode_of(section)


def test_both_switches_may_be_wrong() -> None:
    with pytest.raises(InvalidSetting) as caught:
        mode_of({"enabled": "x", "mode": "y"})

    assert [problem.key.split(".")[-1] for problem in caught.value.problems] == ["enabled", "mode"]


def test_an_empty_file_watches_and_bans_nothing() -> None:
    profile = read_profile(None)

    assert profile.check_interval == 5_000
    assert profile.ban_duration == 14 * 86_400_000
    assert profile.ip_address_blocker.mode is Mode.OFF
    assert [str(prefix) for prefix in profile.ignore_peers_from_addresses][-1] == "::1/128"


def test_a_rules_own_duration_falls_back_to_the_global_one() -> None:
    def duration(value: object) -> int | None:
        section = {"enabled": True, "ban-duration": value}
        return read_profile(
            {"module": {"ip-address-blocker": section}}
        ).ip_address_blocker.ban_duration

    assert [duration(value) for value in (None, "default", 0, -1, 15_000)] == [
        None,
        None,
        None,
        None,
        15_000,
    ]
    assert Profile().peer_id_blacklist.ban_duration == 3 * 86_400_000


def test_rules_stay_json_texts_and_addresses_become_networks() -> None:
    profile = read_profile(
        {
            "rules": {"unmet-if": "veto"},
            "module": {
                "peer-id-blacklist": {"enabled": True, "banned-peer-id": [RULE]},
                "client-name-blacklist": {
                    "enabled": True,
                    "banned-client-name": [{"method": "CONTAINS", "content": "SP "}],
                },
                "ip-address-blocker": {
                    "enabled": True,
                    "ips": ["0.0.0.0", "1.2.3.4/16", "1.2.0.0/16"],
                    "ports": [0, "6881"],
                    "net-type": ["iot"],
                },
            },
        }
    )

    assert profile.rules.unmet_if is UnmetIf.VETO
    assert profile.peer_id_blacklist.banned_peer_id == (RULE,)
    assert profile.client_name_blacklist.banned_client_name == (
        '{"method": "CONTAINS", "content": "SP "}',
    )
    assert [str(prefix) for prefix in profile.ip_address_blocker.ips] == [
        "0.0.0.0/32",
        "1.2.3.4/32",
        "1.2.0.0/16",
    ]
    assert profile.ip_address_blocker.ports == (0, 6881)


MODE = ("module", "peer-id-blacklist", "mode")
ENABLED = ("module", "peer-id-blacklist", "enabled")


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({MODE: "shadow"}, {ENABLED: True, MODE: "shadow"}),
        ({MODE: Mode.ENFORCE}, {ENABLED: True, MODE: REMOVE}),
        ({MODE: "off"}, {ENABLED: False, MODE: REMOVE}),
        ({MODE: REMOVE}, {MODE: REMOVE}),
        ({ENABLED: False}, {ENABLED: False}),
        ({ENABLED: True}, {ENABLED: True}),
        ({ENABLED: True, MODE: "off"}, {ENABLED: False, MODE: REMOVE}),
        ({MODE: "off", ENABLED: True}, {ENABLED: False, MODE: REMOVE}),
        ({("check-interval",): 1}, {("check-interval",): 1}),
    ],
)
def test_both_switches_are_written_in_step(
    changes: dict[tuple[str, ...], object], written: dict[tuple[str, ...], object]
) -> None:
    assert in_step(changes, {}) == written


def test_switching_on_takes_an_off_of_ours_away() -> None:
    values = {"module": {"peer-id-blacklist": {"enabled": False, "mode": "off"}}}

    assert in_step({ENABLED: True}, values) == {ENABLED: True, MODE: REMOVE}


def test_a_wrong_mode_is_passed_on_to_be_refused() -> None:
    assert in_step({MODE: "x"}, {})[MODE] == "x"


def test_a_rule_that_is_on_for_some_torrents_only_is_in_use() -> None:
    some = Override(name="mine", changes={"ptr-blacklist": {"mode": Mode.ENFORCE}})
    profile = Profile(overrides=(some,))
    assert profile.uses("ptr-blacklist")
    assert not Profile().uses("ptr-blacklist")
    assert [area.mode for area in profile.areas("ptr-blacklist")] == [Mode.OFF, Mode.ENFORCE]
    assert profile.areas("btn") == (profile.btn,)
