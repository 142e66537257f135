"""The string-rule language: the worked examples of reference/rules.md 2.4, and a naive interpreter beside it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.patterns import has_utf8
from app.domain.string_rule import InvalidRule, StringRuleList, UnmetIf, parse_rule, parse_rule_list

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


def test_the_last_true_rule_is_reported() -> None:
    found = parse_rule_list([json.dumps(XUNLEI), json.dumps(rule(STARTS, "xun"))]).match("xunlei")
    assert found is not None
    assert (found.method, found.content) == (STARTS, "xun")
    assert (
        parse_rule_list([json.dumps(XUNLEI), json.dumps(XUNLEI_19)]).match("Xunlei 1") is not None
    )


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


def test_a_pattern_that_explodes_costs_a_moment_and_misses() -> None:
    explosive = rule("REGEX", r"(a|aa)+(?=b)$")  # look-ahead: not for RE2
    assert not hits([explosive], "a" * 200)


def test_a_pattern_that_explodes_again_and_again_is_given_up_and_named() -> None:
    explosive = r"(a|aa)+(?=b)$"
    rules = parse_rule_list(
        [json.dumps(rule("REGEX", explosive)), json.dumps(rule("REGEX", r"(?=b).*"))]
    )
    assert rules.match("b") is not None
    assert not rules.given_up
    for number in range(5):
        assert rules.match("a" * 200 + str(number)) is None
    assert rules.given_up == (explosive,)
    assert rules.match("bad") is not None


def test_one_slow_pattern_leaves_little_time_for_the_others_but_no_mark() -> None:
    first, second = r"(a|aa)+(?=b)$", r"(a|aaa)+(?=b)$"
    rules = parse_rule_list([json.dumps(rule("REGEX", text)) for text in (first, second)])
    for number in range(3):
        assert rules.match("a" * 200 + str(number)) is None
    assert rules.given_up == (first,)


def test_a_pattern_for_the_slow_way_is_bounded() -> None:
    with pytest.raises(InvalidRule):
        parse_rule(json.dumps(rule("REGEX", "(?=a)" + "a" * 1_000)))


def test_rules_that_do_not_fit_into_one_set_are_asked_in_several() -> None:
    huge = [rule("REGEX", f"{n}.{{900}}x") for n in range(60)]
    assert hits(huge, "7" + "-" * 900 + "x")
    assert not hits(huge, "x" + "-" * 900 + "x")


def test_a_lone_surrogate_hits_nothing_and_harms_nothing() -> None:
    assert not hits([rule("REGEX", "x.*")], "x\ud800")
    assert hits([rule(CONTAINS, "x")], "x\ud800")


def test_a_missing_subject_is_the_empty_string() -> None:
    assert hits([rule("EQUALS", "")], None)


# ---- properties: against an interpreter written straight from the specification ----

texts = st.text(alphabet="abAB- ", max_size=4)
# What ignoring case treats otherwise than lower case does: long s, Kelvin, dotted I, sharp s; and half a character.
odd_texts = st.text(alphabet="absSkKiIB- \u017f\u212a\u0130\u00df\u8fc5\ud800\n", max_size=4)
words = st.sampled_from(["TRUE", "FALSE", "DEFAULT"])


def documents(contents: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Document]:
    plain = st.one_of(
        st.builds(
            rule,
            st.sampled_from([STARTS, "ENDS_WITH", CONTAINS, "EQUALS"]),
            contents,
        ),
        st.builds(
            rule,
            st.just("REGEX"),
            st.sampled_from(["a.*", "a|ab", "(?i)B+", "", "[^a]*", r"(a|b)(?!-).*"]),
        ),
        st.builds(
            lambda a, b: {"method": "LENGTH", "min": a, "max": b},
            st.integers(0, 4),
            st.integers(0, 4),
        ),
    )
    decorated = st.builds(
        lambda d, hit, miss: {**d, **hit, **miss}, plain, optional("hit"), optional("miss")
    )
    constants = st.one_of(
        st.booleans(), st.none(), st.integers(-2, 2), st.sampled_from(["true", "TRUE", "x"])
    )
    return st.recursive(
        st.one_of(decorated, constants),
        lambda inner: st.builds(lambda d, gate: {**d, "if": gate}, decorated, inner),
        max_leaves=3,
    )


def optional(key: str) -> st.SearchStrategy[dict[str, str]]:
    return st.one_of(st.just({}), st.builds(lambda word: {key: word}, words))


def naive(document: Document, subject: str, *, veto: bool, nested: bool) -> str:
    if not isinstance(document, dict):
        if document is None:
            return "TRUE"
        if isinstance(document, str):
            return "TRUE" if document.lower() == "true" else "FALSE"
        return "TRUE" if document else "FALSE"
    if (
        document.get("if") is not None
        and naive(document["if"], subject, veto=veto, nested=True) == "FALSE"
    ):
        return "FALSE" if veto or nested else "DEFAULT"
    if document["method"] == "REGEX":
        holds = re.fullmatch(document["content"], subject) is not None
        holds &= has_utf8(subject) or "(?!" in document["content"]  # for RE2 it is no text
        return str(document.get("hit", "TRUE") if holds else document.get("miss", "DEFAULT"))
    content, low = document.get("content", "").lower(), subject.lower()
    holds = {
        STARTS: low.startswith(content),
        "ENDS_WITH": low.endswith(content),
        CONTAINS: content in low,
        "EQUALS": low == content,
        "LENGTH": document.get("min", 0) <= len(subject) <= document.get("max", 0),
    }[document["method"]]
    return str(document.get("hit", "TRUE") if holds else document.get("miss", "DEFAULT"))


@given(st.lists(documents(), max_size=4), texts, st.sampled_from(UnmetIf))
@settings(max_examples=300)
def test_it_agrees_with_the_specification(
    rules: list[Document], subject: str, unmet: UnmetIf
) -> None:
    agrees(rules, subject, unmet)


@given(
    st.lists(documents(odd_texts), min_size=3, max_size=9),
    st.lists(odd_texts, max_size=5),
    st.sampled_from(UnmetIf),
)
@settings(max_examples=100)
def test_all_at_once_agrees_with_the_specification(
    rules: list[Document], subjects: list[str], unmet: UnmetIf
) -> None:
    for subject in subjects:
        agrees(rules, subject, unmet)


LINES = (
    "a|b$",
    "^a.*",
    "(?i)B+",
    r"\Aa\z",
    "(?-m)^b$",
    "(?s)a.b",
    r"(?m)^b$",
    "[^a]*",
    "a\\Q.",
    "b\\b",
)
"""Regular expressions whose anchors, classes and flags may take the end of a line for something else."""
rows = st.text(alphabet="abAB.-\n\u017f\u212a", max_size=4)


@given(
    st.lists(documents(st.one_of(texts, odd_texts)), max_size=5),
    st.lists(st.sampled_from(LINES), max_size=3),
    st.lists(rows, max_size=70),
    st.sampled_from(UnmetIf),
)
def test_many_subjects_are_hit_as_one_by_one(
    rules: list[Document], regexes: list[str], subjects: list[str], unmet: UnmetIf
) -> None:
    documents = [*rules, *(rule("REGEX", regex) for regex in regexes)]
    listed = parse_rule_list([json.dumps(each) for each in documents], unmet)
    assert listed.match_many(subjects) == [listed.match(subject) for subject in subjects]


@pytest.mark.parametrize("regex", ["^b$", r"\Ab\z", "b", "(?-m)^b$", "(?i-m:^B$)", r"\b[^a]\b"])
def test_a_subject_among_many_that_nothing_hits_is_found(regex: str) -> None:
    listed = parse_rule_list([json.dumps(rule("REGEX", regex))])
    subjects = ["a"] * 50
    subjects[40] = "b"
    found = listed.match_many(subjects)
    assert [at for at, each in enumerate(found) if each is not None] == [40]


@pytest.mark.soak
@given(st.lists(documents(odd_texts), max_size=30), odd_texts, st.sampled_from(UnmetIf))
def test_it_agrees_for_long(rules: list[Document], subject: str, unmet: UnmetIf) -> None:
    agrees(rules, subject, unmet)


def agrees(rules: list[Document], subject: str, unmet: UnmetIf) -> None:
    outcomes = [naive(r, subject, veto=unmet is UnmetIf.VETO, nested=False) for r in rules]
    before_veto = outcomes[: outcomes.index("FALSE")] if "FALSE" in outcomes else outcomes
    expected = "FALSE" not in outcomes and "TRUE" in before_veto
    assert hits(rules, subject, unmet) is expected


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
