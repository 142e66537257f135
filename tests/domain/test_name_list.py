"""Lists of patterns of client names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.name_list import parse_name_list


@pytest.mark.parametrize(
    ("line", "name", "comment"),
    [
        (r".*Xunlei.*", "-Xunlei 0.0.1.8", ".*Xunlei.*"),
        (r"BitComet/1\.\d+ #old", "BitComet/1.55", "old"),
        (r"^a", "bab", None),
        (r"(?<!not )Leech", "a Leech", "(?<!not )Leech"),
        (r"(?<!not )Leech", "not Leech", None),
        (r"Case", "case", None),
    ],
    ids=["N1", "N2", "N3", "look-behind", "look-behind that does not fit", "case counts"],
)
def test_patterns_are_searched_for(line: str, name: str, comment: str | None) -> None:
    found = parse_name_list(line.encode()).find(name)
    assert (None if found is None else found.comment) == comment


def test_the_first_entry_that_matches_counts() -> None:
    names = parse_name_list(b"zzz\n(?=x)x # slow\nx # fast\n# nothing\n\n// nothing\r\ny #\r\n")
    assert [entry.pattern for entry in names.entries] == ["zzz", "(?=x)x", "x", "y"]
    found = names.find("x")
    assert found is not None
    assert found.comment == "slow"
    assert names.find("nothing") is None


def test_what_is_no_pattern_is_counted_and_left_out() -> None:
    names = parse_name_list(b"\xef\xbb\xbfgood\n(\n[z-a]\n" + b"x" * 5000)
    assert (names.lines.valid, names.lines.invalid) == (1, 3)
    assert [(bad.number, bad.text[:5]) for bad in names.lines.examples] == [
        (2, "("),
        (3, "[z-a]"),
        (4, "xxxxx"),
    ]
    assert names.find("goods") is not None


def test_a_pattern_that_runs_for_ever_is_given_up() -> None:
    names = parse_name_list(rb"^(\w+\s?)+(?!x)\$$")
    subject = "aaaa aaaa aaaa aaaa aaaa aaaa aaaa!"
    for _ in range(3):
        assert names.find(subject) is None
    began = time.perf_counter()
    for _ in range(100):  # which would take two seconds if it still ran
        assert names.find(subject) is None
    assert time.perf_counter() - began < 1


@given(st.binary(max_size=300), st.text(max_size=30))
def test_nothing_escapes(text: bytes, name: str) -> None:
    names = parse_name_list(text)
    found = names.find(name)
    assert found is None or found in names.entries


def test_an_empty_list_matches_nothing() -> None:
    assert parse_name_list(b"").find("") is None
    assert parse_name_list(b"# only words\n").find("x") is None


def test_patterns_that_would_cost_too_much_are_left_out() -> None:
    names = parse_name_list(b"x.{0,500}z\n" + b"".join(b"Client %d/\n" % n for n in range(50_000)))
    assert names.lines.examples[0].number == 1
    assert 20_000 < len(names) < 50_000
    found = names.find("a Client 7/1")
    assert found is not None
    assert found.pattern == "Client 7/"


def test_a_list_of_mistakes_is_given_up_early() -> None:
    names = parse_name_list(b"x.{0,900}z\n" * 50_000)
    assert not names.lines.plausible
    assert names.lines.invalid < 1_000
