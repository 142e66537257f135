"""The BTN rule: the table of reference/rules.md 3.10."""

import json
from typing import Any

import pytest

from app.domain.address_reader import parse_address_list
from app.domain.reason import Text
from app.domain.rules.btn import BtnRule, BtnRules
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule_list import StringRuleList, parse_rule_list
from app.domain.verdict import Action, Mode, Verdict
from tests.domain.rules.sightings import sighting


def strings(method: str, content: str) -> StringRuleList:
    return parse_rule_list([json.dumps({"method": method, "content": content})])


T1 = BtnRules(
    allow=parse_address_list(b"# friends\n198.51.100.0/24"),
    deny=parse_address_list(b"198.51.100.9"),
)
T2 = BtnRules(deny=parse_address_list(b"203.0.113.7 # leech"))
T3 = BtnRules(peer_id={"bad": strings("STARTS_WITH", "-xx")}, port={"p": frozenset({6666})})
FULL = BtnRules(
    peer_id={"none": strings("EQUALS", "no"), "a": strings("CONTAINS", "xx")},
    client_name={"b": strings("CONTAINS", "leech")},
    ip={"c": parse_address_list(b"1.2.3.0/24")},
    port={"d": frozenset({0, 6666})},
)


@pytest.mark.parametrize(
    ("rules", "seen", "action", "facts"),
    [
        pytest.param(
            T1,
            sighting("198.51.100.9"),
            Action.SKIP,
            {"type": "ipAllowList", "matchedValue": " friends"},
            id="T1",
        ),
        pytest.param(
            T2, sighting("203.0.113.7", handshaking=True), Action.BAN, {"type": "ip"}, id="T2"
        ),
        pytest.param(
            T3,
            sighting(port=6666, peer_id="-XX"),
            Action.BAN,
            {"type": "port", "category": "p", "rule": 6666},
            id="T3",
        ),
        pytest.param(
            T3, sighting(port=6666, peer_id="-XX", handshaking=True), Action.NO_ACTION, {}, id="T4"
        ),
        pytest.param(None, sighting(), Action.NO_ACTION, {}, id="T5"),
        pytest.param(BtnRules(), sighting(), Action.NO_ACTION, {}, id="T5 with no rules"),
        pytest.param(
            FULL,
            sighting("1.2.3.4", peer_id="-xx", client_name="Leech"),
            Action.BAN,
            {"type": "ip", "category": "c", "rule": "1.2.3.0/24"},
            id="address over name",
        ),
        pytest.param(
            FULL,
            sighting(peer_id="-xx", client_name="Leech"),
            Action.BAN,
            {"type": "clientName", "category": "b", "rule": "leech"},
            id="name over id",
        ),
        pytest.param(
            FULL,
            sighting(peer_id="-xx"),
            Action.BAN,
            {"type": "peerId", "category": "a", "rule": "xx"},
            id="id",
        ),
        pytest.param(FULL, sighting(port=0), Action.NO_ACTION, {}, id="an unknown port"),
    ],
)
def test_what_the_network_says(
    rules: BtnRules | None, seen: Sighting, action: Action, facts: dict[str, Any]
) -> None:
    rule = BtnRule(rules=rules, duration=7)
    verdict = rule.judge(seen)
    assert (verdict.action, verdict.data) == (action, facts)
    assert verdict.duration == (7 if action is Action.BAN else 0)
    assert rule.judge_all(Batch([seen])) == [verdict]
    assert verdict.saw is not None
    assert verdict.allows is not None


def test_t6_who_names_itself_later_is_judged_again() -> None:
    rule = BtnRule(rules=T3)
    nameless, named = sighting(peer_id=""), sighting(peer_id="-XX1")
    assert [verdict.hits for verdict in rule.judge_all(Batch([nameless, named]))] == [False, True]


class _Scripts:
    def __init__(self, answer: Verdict | None) -> None:
        self.answer = answer

    def judge(self, sighting: Sighting) -> Verdict | None:
        return self.answer


def test_scripts_stand_between_the_allow_and_the_deny_list() -> None:
    skip = Verdict(rule="btn", action=Action.SKIP, reason=Text("pass"))
    scripted = BtnRule(rules=T2, scripts=_Scripts(skip))
    denied = sighting("203.0.113.7")
    assert scripted.judge(denied) is skip
    assert BtnRule(rules=T2, scripts=_Scripts(None)).judge(denied).hits
    assert scripted.judge(sighting("203.0.113.7", handshaking=True)).hits
    assert (
        BtnRule(rules=T1, scripts=_Scripts(None)).judge(sighting("198.51.100.9")).action
        is Action.SKIP
    )
    assert scripted.judge_all(Batch([denied])) == [skip]


def test_all_entries_are_counted_and_the_mode_is_carried() -> None:
    verdict = BtnRule(rules=FULL, mode=Mode.SHADOW).judge(sighting())
    assert verdict.mode is Mode.SHADOW
    assert verdict.allows is not None
    assert verdict.allows.params["count"] == 6
    assert (T1.size, T2.size) == (2, 1)
