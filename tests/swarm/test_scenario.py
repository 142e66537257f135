"""Reading, writing and aiming scenarios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.swarm.scenario import SCENARIOS, BadScenario, Expect, Report, dump, load, parse
from tests.swarm.torrent import LabTorrent

LAB00 = LabTorrent(name="lab00", info_hash="0" * 40, size=1, piece_length=1, metainfo=Path())


def scenario(**group: object) -> dict[str, Any]:
    target = {"host": "10.99.0.1", "port": 26881}
    return {"name": "s", "target": target, "groups": [{"name": "g", "ips": "36.0.0.9", **group}]}


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.stem)
def test_every_scenario_of_the_lab_is_sound_and_survives_writing(path: Path) -> None:
    found = load(path.stem)
    assert found == load(path)
    assert parse(json.loads(json.dumps(dump(found)))) == found
    plans = list(found.plans({"lab00": LAB00}))
    assert [plan.number for plan in plans] == list(range(len(plans)))
    assert {group.expect for group in found.groups} == {Expect.BAN, Expect.KEEP}


def test_addresses_count_up_unless_they_shall_be_the_same() -> None:
    def ips(**group: object) -> list[str]:
        return [plan.ip for plan in parse(scenario(**group)).plans({"lab00": LAB00})]

    assert ips(count=2) == ["36.0.0.9", "36.0.0.10"]
    assert ips(count=2, same_ip=True) == ["36.0.0.9", "36.0.0.9"]
    assert ips(count=3, ips=["1.0.0.1", "2001:db8::1"]) == ["1.0.0.1", "2001:db8::1", "1.0.0.1"]


def test_a_stagger_spreads_the_starts() -> None:
    plans = parse(scenario(count=3, start=1, stagger=0.5)).plans({"lab00": LAB00})
    assert [plan.behaviour.start for plan in plans] == [1, 1.5, 2]


def test_aiming_moves_the_groups_of_known_ports_and_drops_the_others() -> None:
    aimed = load("public_all").aimed("127.0.0.1", {26881: 5000})
    plans = list(aimed.plans({"lab00": LAB00}))
    assert {(plan.group, plan.host, plan.port) for plan in plans} == {
        ("qb_bad", "127.0.0.1", 5000),
        ("qb_good", "127.0.0.1", 5000),
    }


def test_behaviour_is_read_with_its_group() -> None:
    (group,) = parse(scenario(report="rewind", client=None, rate=0)).groups
    assert (group.behaviour.report, group.behaviour.client, group.behaviour.rate) == (
        Report.REWIND,
        None,
        0,
    )


@pytest.mark.parametrize("group", [{"spped": 1}, {"report": "odd"}, {"expect": "maybe"}])
def test_an_unknown_field_or_word_is_refused(group: dict[str, object]) -> None:
    with pytest.raises(BadScenario):
        parse(scenario(**group))
