"""Regular expressions of strangers: the same answer by either engine, alone or together, and in bounded time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.patterns import (
    SUBJECT_SECONDS,
    Backtracking,
    InvalidPattern,
    Linear,
    LinearSet,
    ask_all,
    compile_one,
    escape,
    has_utf8,
    whole,
)

EXPLOSIVE = r"(a|aa)+(?=b)$"


@pytest.mark.parametrize(
    ("text", "engine"),
    [("a.*b", Linear), ("(?i)x", Linear), (r"(?<!a)b", Backtracking), (r"(a)\1", Backtracking)],
)
def test_what_runs_in_linear_time_does(text: str, engine: type) -> None:
    pattern = compile_one(text)
    assert isinstance(pattern, engine)
    assert pattern.text == text


@pytest.mark.parametrize("text", ["(", "*", "[z-a]", "(?=a)" + "a" * 1_000, "a\ud800(", "(?P<n>"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(InvalidPattern):
        compile_one(text)


@pytest.mark.parametrize("text", ["b+", r"b+(?!c)"])
def test_the_whole_text_is_more_than_some_of_it(text: str) -> None:
    pattern = compile_one(text)
    assert pattern.full("bb")
    assert not pattern.full("abb")
    assert pattern.search("abb")
    assert not pattern.search("a")


def test_half_a_character_is_no_text_for_re2() -> None:
    pattern = Linear("x.*")
    assert not has_utf8("x\ud800")
    assert not pattern.full("x\ud800")
    assert not pattern.search("x\ud800")


def test_a_pattern_that_takes_too_long_says_so_and_is_given_up_after_three_texts() -> None:
    pattern = Backtracking(EXPLOSIVE)
    answers = [pattern.ask("a" * 200 + str(n), SUBJECT_SECONDS, full=True) for n in range(3)]
    assert answers == [None, None, None]
    assert pattern.given_up
    began = time.process_time()
    assert pattern.ask("a" * 200, SUBJECT_SECONDS, full=True) is False
    assert time.process_time() - began < SUBJECT_SECONDS / 2


def test_a_short_afterthought_is_no_strike() -> None:
    pattern = Backtracking(EXPLOSIVE)
    for number in range(5):
        assert pattern.ask("a" * 200 + str(number), SUBJECT_SECONDS / 10, full=True) is None
    assert not pattern.given_up


def test_many_slow_patterns_share_the_time_of_one() -> None:
    slow = [(number, Backtracking(EXPLOSIVE)) for number in range(20)]
    began = time.process_time()
    found = ask_all([*slow, (99, Backtracking(r"a+(?!b)"))], "a" * 200, full=True)
    assert found == (99,)
    assert time.process_time() - began < 20 * SUBJECT_SECONDS
    assert sum(each.given_up for _, each in slow) == 0


def test_the_size_of_a_program_grows_with_what_it_repeats() -> None:
    assert Linear("x.{0,500}z").size > 10 * Linear("xz").size


def test_a_set_names_its_members_in_order_of_their_numbers_given() -> None:
    together = LinearSet([(7, "a"), (3, "b"), (5, "^c"), (9, "zzz")])
    assert together.find(b"xba") == (7, 3)
    assert together.find(b"cb") == (3, 5)
    assert together.find(b"-") == ()


def test_a_set_that_is_too_large_is_asked_in_parts() -> None:
    together = LinearSet([(number, f"{number}.{{900}}x") for number in range(60)])
    assert together.find(b"59" + b"-" * 900 + b"x") == (9, 59)


def test_a_set_with_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidPattern):
        LinearSet([(0, "a"), (1, "(?=b)")])


texts = st.text(alphabet="ab.|*()[]\\^$ \n\u017f", max_size=6)


@given(st.lists(texts, max_size=6), texts)
def test_together_they_say_what_each_says(patterns: list[str], subject: str) -> None:
    good: list[tuple[int, Linear]] = []
    for number, text in enumerate(patterns):
        try:
            pattern = Linear(text)
        except InvalidPattern:
            continue
        good.append((number, pattern))
    together = LinearSet([(number, pattern.text) for number, pattern in good])
    held = {number for number, pattern in good if pattern.search(subject)}
    assert set(together.find(subject.encode())) == held


@given(texts, texts)
def test_an_escaped_text_means_itself(text: str, subject: str) -> None:
    pattern = Linear(whole(escape(text)))
    assert pattern.search(subject) is (text == subject)
    assert pattern.search(text)


@given(st.sampled_from(["a|ab", "(a|b)*", "[^a]*", "a.*"]), st.text(alphabet="ab-", max_size=6))
def test_both_engines_agree_with_the_standard_library(text: str, subject: str) -> None:
    expected = re.fullmatch(text, subject) is not None
    assert Linear(text).full(subject) is expected
    assert Backtracking(text).full(subject) is expected
    assert Linear(whole(text)).search(subject) is expected
