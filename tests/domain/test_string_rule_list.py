"""Lists of string rules: against an interpreter written straight from the specification, one by one and in bulk."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.patterns import has_utf8
from app.domain.string_rule import UnmetIf
from app.domain.string_rule_list import parse_rule_list
from tests.domain.test_string_rule import CONTAINS, STARTS, XUNLEI, XUNLEI_19, Document, hits, rule


def test_the_last_true_rule_is_reported() -> None:
    found = parse_rule_list([json.dumps(XUNLEI), json.dumps(rule(STARTS, "xun"))]).match("xunlei")
    assert found is not None
    assert (found.method, found.content) == (STARTS, "xun")
    assert (
        parse_rule_list([json.dumps(XUNLEI), json.dumps(XUNLEI_19)]).match("Xunlei 1") is not None
    )


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


def test_rules_that_do_not_fit_into_one_set_are_asked_in_several() -> None:
    huge = [rule("REGEX", f"{n}.{{900}}x") for n in range(60)]
    assert hits(huge, "7" + "-" * 900 + "x")
    assert not hits(huge, "x" + "-" * 900 + "x")


def test_a_lone_surrogate_hits_nothing_and_harms_nothing() -> None:
    assert not hits([rule("REGEX", "x.*")], "x\ud800")
    assert hits([rule(CONTAINS, "x")], "x\ud800")


def test_a_missing_subject_is_the_empty_string() -> None:
    assert hits([rule("EQUALS", "")], None)


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
