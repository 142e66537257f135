"""String rules are typed without JSON, and nothing that cannot be read gets through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.string_rule import parse_rule
from app.ui.rules.patterns import (
    Method,
    NotAnEntry,
    Pattern,
    compose,
    decompose,
    follows,
    readable,
)

PLAIN = [m for m in Method if m not in (Method.JSON, Method.LENGTH, Method.REGEX)]


def test_an_ordinary_pattern_is_written_as_in_the_default_file() -> None:
    made = compose(Pattern(method=Method.STARTS_WITH, content="-hp"))

    assert made == '{"method":"STARTS_WITH","content":"-hp"}'


def test_a_pattern_that_spares_says_so() -> None:
    made = compose(Pattern(method=Method.CONTAINS, content="x", spares=True))

    assert json.loads(made)["hit"] == "FALSE"


@pytest.mark.parametrize(("typed", "low", "high"), [("3-8", 3, 8), ("20", 20, 20), ("3 – 8", 3, 8)])
def test_a_length_is_typed_as_a_number_or_two(typed: str, low: int, high: int) -> None:
    made = json.loads(compose(Pattern(method=Method.LENGTH, content=typed)))

    assert (made["min"], made["max"]) == (low, high)


@pytest.mark.parametrize(
    ("method", "typed", "why"),
    [
        (Method.STARTS_WITH, "", "Type what"),
        (Method.LENGTH, "long", "two such as 3-8"),
        (Method.REGEX, "((", "no regular expression"),
        (Method.JSON, "{", "it is no JSON"),
        (Method.JSON, '{"method":"SOUNDS_LIKE","content":"x"}', "SOUNDS_LIKE"),
    ],
)
def test_what_cannot_be_read_is_refused_with_why(method: Method, typed: str, why: str) -> None:
    with pytest.raises(NotAnEntry) as caught:
        compose(Pattern(method=method, content=typed))

    assert why in caught.value.words


@given(st.sampled_from(PLAIN), st.text(min_size=1), st.booleans())
def test_what_was_composed_can_be_edited_again(method: Method, content: str, spares: bool) -> None:  # noqa: FBT001
    pattern = Pattern(method=method, content=content, spares=spares)

    assert decompose(compose(pattern)) == pattern


@pytest.mark.parametrize(
    "text",
    [
        '{"method":"CONTAINS","content":"x","if":{"method":"CONTAINS","content":"y"}}',
        '{"method":"CONTAINS","content":"x","miss":"TRUE"}',
        '{"method":"CONTAINS","content":"x","hit":"DEFAULT"}',
        "true",
    ],
)
def test_what_the_fields_cannot_say_is_edited_as_it_stands(text: str) -> None:
    parse_rule(text)

    assert decompose(text) == Pattern(method=Method.JSON, content=text)


def test_rules_are_shown_in_words() -> None:
    gated = '{"method":"CONTAINS","content":"x","if":{"method":"STARTS_WITH","content":"y"}}'

    assert readable('{"method":"STARTS_WITH","content":"-hp"}') == "starts with “-hp”"
    assert readable(gated) == "contains “x”, if it starts with “y”"
    assert readable("{") == "{"


def test_what_follows_is_said_where_it_is_not_usual() -> None:
    assert follows('{"method":"CONTAINS","content":"x"}') == ("ban", "")
    assert follows('{"method":"CONTAINS","content":"x","hit":"FALSE"}') == ("spare", "")
    assert follows('{"method":"CONTAINS","content":"x","miss":"TRUE"}') == ("ban", "ban")
    assert follows("{") == ("", "")
