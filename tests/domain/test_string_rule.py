"""The string-rule language: the worked examples of reference/rules.md 2.4."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.string_rule import InvalidRule, UnmetIf, parse_rule
from app.domain.string_rule_list import StringRuleList, parse_rule_list

Document = Any


def rule(method: str, content: str = "", **more: Document) -> Document:
    return {"method": method, "content": content, **more}


def hits(rules: list[Document], subject: str | None, unmet: UnmetIf = UnmetIf.SKIP) -> bool:
    return parse_rule_list([json.dumps(r) for r in rules], unmet).match(subject) is not None


STARTS, CONTAINS = "STARTS_WITH", "CONTAINS"
XUNLEI, XUNLEI_19 = rule(CONTAINS, "xunlei"), rule(CONTAINS, "xunlei 0019", hit="FALSE")
GATED = rule(CONTAINS, "qb", **{"if": rule(STARTS, "-tr", miss="FALSE")})
J12 = rule(CONTAINS, "xunlei", **{"if": XUNLEI_19})
J14 = [
    rule(STARTS, "-a", **{"if": {"method": "LENGTH", "min": 8, "max": 8, "miss": "FALSE"}}),
    rule(STARTS, "-x"),
]
WHITE = [rule("REGEX", ".*"), rule(CONTAINS, "qbittorrent", hit="FALSE")]
BLANK = {"method": "LENGTH", "min": 1, "max": 200, "hit": "DEFAULT", "miss": "TRUE"}


@pytest.mark.parametrize(
    ("rules", "subject", "expected"),
    [
        pytest.param([rule(STARTS, "-hp")], "-HP0001-abc", True, id="J1"),
        pytest.param([XUNLEI, XUNLEI_19], "Xunlei 0019 1.0", False, id="J2"),
        pytest.param([XUNLEI_19, XUNLEI], "Xunlei 0019 1.0", False, id="J3"),
        pytest.param([XUNLEI, XUNLEI_19], "Xunlei 0.0.1.8", True, id="J4"),
        pytest.param([{"method": "LENGTH", "min": 8, "max": 8}], "-TR2940-", True, id="J5"),
        pytest.param([BLANK], "", True, id="J6"),
        pytest.param([rule("REGEX", "torrent")], "qBittorrent", False, id="J7"),
        pytest.param([rule("REGEX", "qbittorrent.*")], "qBittorrent/4.6.5", False, id="J8-case"),
        pytest.param([rule("REGEX", "(?i)qbittorrent.*")], "qBittorrent/4.6.5", True, id="J8"),
        pytest.param(
            [rule(CONTAINS, "qb", **{"if": rule(STARTS, "-tr")})], "-qB4500-", True, id="J10"
        ),
        pytest.param([GATED], "-qB4500-", False, id="J11"),
        pytest.param([J12], "xunlei 0019", False, id="J12"),
        pytest.param([J12], "xunlei 0018", True, id="J13"),
        pytest.param([rule("EQUALS", "Unknown")], "unknown", True, id="J15"),
        pytest.param([rule(CONTAINS, "SP ")], "MySP 1.0", True, id="J16"),
        pytest.param(WHITE, "Deluge 2.1", True, id="J17-hit"),
        pytest.param(WHITE, "qBittorrent 4", False, id="J17"),
        pytest.param([True, rule(CONTAINS, "x")], "abc", True, id="J18"),
    ],
)
def test_worked_examples(rules: list[Document], subject: str, *, expected: bool) -> None:
    assert hits(rules, subject) is expected
    assert hits(rules, subject, UnmetIf.VETO) is expected


@pytest.mark.parametrize(
    ("rules", "subject"),
    [
        pytest.param(
            [rule(CONTAINS, "qb"), rule(CONTAINS, "zzz", **{"if": False})], "-qB4500-", id="J9"
        ),
        pytest.param([GATED, rule(STARTS, "-q")], "-qB4500-", id="J11-others-count"),
        pytest.param(J14, "-x", id="J14"),
    ],
)
def test_an_unmet_if_skips_the_rule_or_vetoes_the_list(rules: list[Document], subject: str) -> None:
    assert hits(rules, subject)
    assert not hits(rules, subject, UnmetIf.VETO)


@pytest.mark.parametrize(
    ("document", "metadata"),
    [
        (rule(CONTAINS, "StellarPlayer"), "stellarplayer"),
        (rule("EQUALS", "Unknown"), "Unknown"),
        (rule("REGEX", "A.*"), "A.*"),
        ({"method": "LENGTH", "min": 1, "max": 2}, "min: 1, max: 2"),
    ],
)
def test_structured_facts_are_written_as_pbh_does(document: Document, metadata: str) -> None:
    assert parse_rule(json.dumps(document)).metadata == metadata


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("contains@xunlei", "rule-no-json"),
        ("[]", "rule-is-array"),
        ('{"method": "contains", "content": "x"}', "rule-bad-method"),
        ('{"content": "x"}', "rule-bad-method"),
        ('{"method": "CONTAINS"}', "rule-missing"),
        ('{"method": "LENGTH", "min": 1}', "rule-missing"),
        ('{"method": "LENGTH", "min": "1", "max": 2}', "rule-missing"),
        ('{"method": "REGEX", "content": "*"}', "rule-bad-regex"),
        ('{"method": "EQUALS", "content": "x", "hit": "true"}', "rule-bad-outcome"),
        ('{"method": "EQUALS", "content": "x", "if": {"method": "NO"}}', "rule-bad-method"),
        ('{"if":' * 40 + "1" + "}" * 40, "rule-bad-method"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place_and_reason(entry: str, why: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        parse_rule_list(["true", entry])
    assert caught.value.why.id == why
    assert caught.value.text.params["position"] == 2


def test_a_deeply_nested_if_is_refused() -> None:
    entry: Document = True
    for _ in range(20):
        entry = rule(CONTAINS, "x", **{"if": entry})
    with pytest.raises(InvalidRule) as caught:
        parse_rule(json.dumps(entry))
    assert caught.value.why.id == "rule-too-deep"


def test_a_pattern_for_the_slow_way_is_bounded() -> None:
    with pytest.raises(InvalidRule):
        parse_rule(json.dumps(rule("REGEX", "(?=a)" + "a" * 1_000)))


words = st.sampled_from(["TRUE", "FALSE", "DEFAULT"])
methods = st.sampled_from([STARTS, CONTAINS, "LENGTH", "REGEX", "EQUALS", "starts_with", 1])
wild = st.dictionaries(
    st.sampled_from(["method", "content", "hit", "miss", "if", "min", "max"]),
    st.one_of(
        methods, st.text(), st.integers(), st.none(), words, st.floats(), st.lists(st.none())
    ),
)


@given(
    st.one_of(
        st.text(),
        wild.map(json.dumps),
        st.text().map(lambda text: json.dumps(rule("REGEX", text))),
        st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps),
    )
)
def test_no_entry_raises_anything_but_its_own_error(entry: str) -> None:
    try:
        StringRuleList((parse_rule(entry),)).match("subject")
    except InvalidRule as error:
        assert error.why.id.startswith("rule-")  # noqa: PT017
