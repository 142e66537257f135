"""The settings of rules and records: the defaults of reference/rules.md 5.2, both in the file and without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter

import pytest

from app.adapters.config_files import read_profile_file
from app.domain.verdict import Mode
from app.resource import resource
from app.settings.errors import InvalidSetting
from app.settings.modules import SlidingCap
from app.settings.profile import RULES, Profile, read_profile

SHIPPED = read_profile_file(resource("defaults/profile.yml"))
DAY = 86_400_000
AREAS: Mapping[str, Mapping[str, object]] = {
    "peer_id_blacklist": {"mode": Mode.ENFORCE, "ban_duration": 3 * DAY},
    "client_name_blacklist": {"mode": Mode.ENFORCE, "ban_duration": 3 * DAY},
    "progress_cheat_blocker": {
        "mode": Mode.ENFORCE,
        "minimum_size": 50_000_000,
        "maximum_difference": 0.1,
        "rewind_maximum_difference": 0.07,
        "block_excessive_clients": True,
        "excessive_threshold": 1.5,
        "ipv4_prefix_length": 32,
        "ipv6_prefix_length": 56,
        "ban_duration": 30 * DAY,
        "enable_persist": True,
        "persist_duration": 14 * DAY,
        "max_wait_duration": 30_000,
        "fast_pcb_test_percentage": 0.1,
        "fast_pcb_test_block_duration": 15_000,
    },
    "ip_address_blocker": {"mode": Mode.ENFORCE, "ban_duration": 3 * DAY, "net_type": ()},
    # These three hit neighbours, so that a fresh installation only watches with them.
    "auto_range_ban": {"mode": Mode.SHADOW, "ban_duration": 7 * DAY, "ipv4": 30, "ipv6": 48},
    "multi_dialing_blocker": {
        "mode": Mode.SHADOW,
        "ban_duration": 15 * DAY,
        "subnet_mask_length": 24,
        "subnet_mask_v6_length": 56,
        "tolerate_num_ipv4": 2,
        "tolerate_num_ipv6": 5,
        "cache_lifespan": 86_400,
        "keep_hunting": False,
        "keep_hunting_time": 2_592_000,
    },
    "idle_connection_dos_protection": {
        "mode": Mode.SHADOW,
        "ban_duration": 900_000,
        "max_allowed_idle_time": 300_000,
        "idle_speed_threshold": 64,
        "min_status_change_percentage": 0.001,
        "reset_on_status_change": True,
        "protect_mode": 0,
    },
    "btn": {"mode": Mode.ENFORCE, "ban_duration": 3 * DAY, "allow_script_execute": False},
    "expression_engine": {"mode": Mode.ENFORCE, "ban_duration": None},
    "ip_address_blocker_rules": {
        "mode": Mode.ENFORCE,
        "ban_duration": 3 * DAY,
        "check_interval": 14_400_000,
    },
    "ptr_blacklist": {"mode": Mode.OFF, "ban_duration": 3 * DAY},
    "anti_vampire": {"mode": Mode.ENFORCE, "ban_duration": 14_400_000, "xunlei.enabled": True},
    "active_monitoring": {
        "enabled": True,
        "traffic_monitoring.daily": -1,
        "traffic_sliding_capping.enabled": False,
        "traffic_sliding_capping.budget": 25_000_000_000,
        "traffic_sliding_capping.max_speed": 0,
        "traffic_sliding_capping.min_speed": 0,
    },
    "session_analyse": {
        "enabled": True,
        "data_flush_interval": 3_600_000,
        "cleanup_interval": 3_600_000,
        "data_retention_time": 180 * DAY,
    },
    "swarm_tracking": {"enabled": True, "data_flush_interval": 3_600_000},
    "peer_recording": {
        "enabled": True,
        "data_flush_interval": 900_000,
        "data_retention_time": 60 * DAY,
        "data_cleanup_interval": 7 * DAY,
    },
}


@pytest.mark.parametrize("name", AREAS)
@pytest.mark.parametrize("profile", [SHIPPED, Profile()], ids=["shipped", "in code"])
def test_a_fresh_profile_has_the_defaults_of_the_reference(profile: Profile, name: str) -> None:
    area, expected = getattr(profile, name), AREAS[name]
    assert {key: attrgetter(key)(area) for key in expected} == dict(expected)


def test_the_shipped_file_names_one_list_and_the_placeholders() -> None:
    (only,) = SHIPPED.ip_address_blocker_rules.lists
    assert (only.id, only.enabled, only.name) == ("all-in-one", True, "all-in-one")
    assert only.url == "https://bcr.pbh-btn.com/combine/all.txt"
    blocker = SHIPPED.ip_address_blocker
    assert (blocker.ports, blocker.asns, blocker.regions) == ((0,), (0,), ("0",))
    assert SHIPPED.ptr_blacklist.ptr_rules == ('{"method":"EQUALS","content":"example.com"}',)


def test_a_rule_without_a_section_is_off_and_a_record_is_not_kept() -> None:
    empty = read_profile({})
    rules = [getattr(empty, name.replace("-", "_")) for name in RULES]
    assert {rule.mode for rule in rules} == {Mode.OFF}
    assert {rule.ban_duration for rule in rules} == {None}
    records = (empty.active_monitoring, empty.peer_recording, empty.session_analyse)
    assert not any(record.enabled for record in (*records, empty.swarm_tracking))


@pytest.mark.parametrize(
    ("given", "budget"),
    [
        pytest.param({}, 25_000_000_000, id="neither"),
        pytest.param({"max-allowed-upload-traffic": 7}, 7, id="what a fresh file of PBH has"),
        pytest.param({"daily-max-allowed-upload-traffic": 8}, 8, id="what PBH reads"),
        pytest.param(
            {"max-allowed-upload-traffic": 7, "daily-max-allowed-upload-traffic": 8}, 8, id="both"
        ),
    ],
)
def test_d16_both_keys_of_the_budget_are_read(given: Mapping[str, int], budget: int) -> None:
    section = {"enabled": True, "traffic-sliding-capping": given}
    profile = read_profile({"module": {"active-monitoring": section}})
    assert profile.active_monitoring.traffic_sliding_capping.budget == budget


@pytest.mark.parametrize(
    "shape", [["dataCenter", "iot"], {"datacenter": True, "iot": True, "wideband": False}]
)
def test_d11_network_types_may_be_a_list_or_switches(shape: object) -> None:
    profile = read_profile({"module": {"ip-address-blocker": {"net-type": shape}}})
    assert set(profile.ip_address_blocker.net_type) == {"dataCenter", "iot"}


@pytest.mark.parametrize(("given", "mode"), [(0, 0), (1, 1), (2, 2), (3, 0), (-1, 0)])
def test_a_protect_mode_that_is_none_is_the_first(given: int, mode: int) -> None:
    section = {"idle-connection-dos-protection": {"protect-mode": given}}
    profile = read_profile({"module": section})
    assert profile.idle_connection_dos_protection.protect_mode == mode


def test_a_list_without_a_name_is_called_by_its_id_and_an_id_has_no_dot() -> None:
    def lists(name: str) -> list[str]:
        rules = {name: {"url": "https://example.org/a.txt", "name": " "}}
        profile = read_profile({"module": {"ip-address-blocker-rules": {"rules": rules}}})
        return [each.name for each in profile.ip_address_blocker_rules.lists]

    assert lists("mine") == ["mine"]
    with pytest.raises(InvalidSetting):
        lists("a.b")


@pytest.mark.parametrize("name", [field.name for field in fields(SlidingCap)])
def test_what_is_no_number_is_refused_with_its_path(name: str) -> None:
    key = name.replace("_", "-")
    section = {"active-monitoring": {"traffic-sliding-capping": {key: "much"}}}
    with pytest.raises(InvalidSetting, match=rf"traffic-sliding-capping\.{key}"):
        read_profile({"module": section})
