"""Headers, parameters and answers of scripts; X8 and X9 of reference/rules.md 3.9."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.script import (
    MAX_SOURCE,
    Answer,
    ScriptFailed,
    read_answer,
    read_header,
    wanted_variables,
)
from app.domain.verdict import Action


def test_the_header_says_name_author_version_and_switches() -> None:
    header = read_header(
        "## @NAME My script\n## @AUTHOR me\n##@VERSION 2\n## @CACHEABLE false\n# @ACTIVE no\n",
        "x.py",
    )

    assert (header.name, header.author, header.version) == ("My script", "me", "2")
    assert not header.cacheable
    assert not header.active


def test_without_a_header_a_script_is_called_like_its_file() -> None:
    header = read_header("def judge():\n    return 1\n## @NAME too late\n", "x.py")

    assert header.name == "x.py"
    assert header.cacheable
    assert header.active


def test_d21_a_line_with_a_single_hash_is_a_comment() -> None:
    assert read_header("#\n#\n\n## @\n## @NAME y\n", "x.py").name == "y"


@given(st.text())
def test_any_text_has_a_header(source: str) -> None:
    assert read_header(source, "x.py").name


def test_the_parameters_of_judge_are_what_a_script_wants() -> None:
    source = "x = 1\ndef judge(\n    client_name: str,  # a comment, with a comma\n    peer_id,\n):"

    assert [each.name for each in wanted_variables(source)] == ["client_name", "peer_id"]


def test_the_last_judge_counts() -> None:
    found = wanted_variables("def judge(uploaded): pass\ndef judge(): pass\n")

    assert found == ()


@pytest.mark.parametrize(
    ("source", "text_id", "place"),
    [
        ("", "script-without-judge", (None, None)),
        ("  def judge(): pass", "script-without-judge", (None, None)),
        ("\ndef judge(peer_ip, wealth): pass", "script-variable-unknown", (2, 20)),
        ("def judge(peer_ip=(1)): pass", "script-parameters-unplain", (1, 1)),
        ("def judge(peer_ip=1): pass", "script-parameters-unplain", (1, 11)),
        ("def judge(*peer_ip): pass", "script-parameters-unplain", (1, 11)),
        ("#" * (MAX_SOURCE + 1), "script-too-long", (None, None)),
    ],
)
def test_what_is_wrong_with_the_parameters_has_a_place(
    source: str, text_id: str, place: tuple[int | None, int | None]
) -> None:
    with pytest.raises(ScriptFailed) as failed:
        wanted_variables(source)

    problem = failed.value.problem
    assert problem.text.id == text_id
    assert (problem.line, problem.column) == place


@given(st.text(alphabet="def judge(),:=*#\n\tpeer_ip1"))
def test_any_text_has_variables_or_a_problem(source: str) -> None:
    with suppress(ScriptFailed):
        wanted_variables(source)


@pytest.mark.parametrize(
    ("returned", "answer"),
    [
        (None, None),
        (False, None),
        (0, None),
        (0.9, None),
        ("", None),
        ("  ", None),
        ("NO_ACTION", None),
        ([0, "never mind"], None),
        (True, Answer(action=Action.BAN)),
        (1, Answer(action=Action.BAN)),
        (1.9, Answer(action=Action.BAN)),
        (2, Answer(action=Action.SKIP)),
        ("BAN_FOR_DISCONNECT", Answer(action=Action.BAN_FOR_DISCONNECT)),
        pytest.param("@trusted", Answer(action=Action.SKIP, why="trusted"), id="X8"),
        ("too fast", Answer(action=Action.BAN, why="too fast")),
        (["BAN", "too fast"], Answer(action=Action.BAN, why="too fast")),
        ([1, "too fast", 5000], Answer(action=Action.BAN, why="too fast", duration=5000)),
    ],
)
def test_what_a_script_returns_means_an_action(returned: object, answer: Answer | None) -> None:
    assert read_answer(returned) == answer


@pytest.mark.parametrize(
    "returned",
    [
        pytest.param(7, id="X9"),
        -1,
        math.nan,
        math.inf,
        10**30,
        b"",
        ["?"],
        ["too fast", "why"],
        [[1, "a"], "b"],
        [1, 2],
        {},
    ],
)
def test_anything_else_means_nothing(returned: object) -> None:
    with pytest.raises(ScriptFailed):
        read_answer(returned)
