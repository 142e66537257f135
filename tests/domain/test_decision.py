"""The merge table of reference/rules.md 1.10."""

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.decision import merge, merge_all
from app.domain.verdict import Action, Mode, Verdict
from tests.domain.examples import verdict

DAY = 24 * 3600 * 1000
GLOBAL = 14 * DAY
PASS, DROP, BAN, SKIP = Action.NO_ACTION, Action.BAN_FOR_DISCONNECT, Action.BAN, Action.SKIP


@pytest.mark.parametrize(
    ("answers", "action", "duration"),
    [
        pytest.param([("a", PASS, 0), ("b", PASS, 0)], PASS, 0, id="M1"),
        pytest.param([("pcb", DROP, 15_000), ("a", PASS, 0)], DROP, 15_000, id="M2"),
        pytest.param([("pcb", DROP, 15_000), ("id", BAN, 3 * DAY)], BAN, 3 * DAY, id="M3"),
        pytest.param([("id", BAN, 3 * DAY), ("pcb", BAN, 30 * DAY)], BAN, 30 * DAY, id="M4"),
        pytest.param([("name", BAN, 3 * DAY), ("script", SKIP, 0)], SKIP, 0, id="M5"),
        pytest.param([("script", BAN, 0), ("vampire", BAN, 4 * 3600_000)], BAN, GLOBAL, id="M6"),
        pytest.param([("script", BAN, 0)], BAN, GLOBAL, id="M7"),
        pytest.param([("exception", SKIP, 0), ("id", BAN, 0)], SKIP, 0, id="M8"),
    ],
)
def test_verdicts_merge_as_the_table_says(
    answers: list[tuple[str, Action, int]], action: Action, duration: int
) -> None:
    for order in permutations(answers):
        decision = merge([verdict(*answer) for answer in order], GLOBAL)
        assert (decision.action, decision.duration) == (action, duration)


def test_an_unequal_ban_is_decided_by_the_longer() -> None:
    decision = merge([verdict("short", BAN, 5), verdict("long", BAN, 9)], GLOBAL)
    assert decision.deciding is not None
    assert decision.deciding.rule == "long"


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.OFF])
def test_a_rule_that_is_not_in_force_stands_in_the_trace_only(mode: Mode) -> None:
    watched = verdict("id", BAN, 0, mode)
    decision = merge([watched], GLOBAL)
    assert decision.action is PASS
    assert decision.trace == (watched,)
    assert decision.shadow == (watched if mode is Mode.SHADOW else None)


def test_a_dropped_connection_hides_no_shadow_ban() -> None:
    watched = verdict("watched", BAN, 5, mode=Mode.SHADOW)
    assert merge([verdict("pcb", DROP, 15_000), watched], GLOBAL).shadow == watched


def test_a_shadow_ban_is_silent_when_the_peer_is_spared_or_banned_in_earnest() -> None:
    watched = verdict("id", BAN, 0, Mode.SHADOW)
    for other in (verdict("exception", SKIP), verdict("name", BAN)):
        assert merge([other, watched], GLOBAL).shadow is None


def test_an_empty_trace_does_nothing() -> None:
    empty: list[Verdict] = []
    assert merge(empty, GLOBAL).deciding is None


verdicts = st.builds(
    lambda rule, action, duration, mode, review: replace(
        verdict(rule, action, duration, mode), review_at=review
    ),
    st.sampled_from(["id", "name", "pcb", "script", "exception"]),
    st.sampled_from(Action),
    st.sampled_from([0, 1, 15_000, GLOBAL, 30 * DAY]),
    st.sampled_from(Mode),
    st.one_of(st.none(), st.integers(0, 9)),
)


@given(st.lists(verdicts, max_size=8).flatmap(lambda v: st.tuples(st.just(v), st.permutations(v))))
def test_the_order_of_answers_changes_nothing_that_happens(
    orders: tuple[list[Verdict], list[Verdict]],
) -> None:
    one, other = (merge(order, GLOBAL) for order in orders)
    assert (one.action, one.duration, one.bans) == (other.action, other.duration, other.bans)
    assert one.review_at == other.review_at
    assert Counter(v.rule for v in one.shadows) == Counter(v.rule for v in other.shadows)
    enforced = [v for v in orders[0] if v.mode is Mode.ENFORCE]
    assert one.action is max((v.action for v in enforced), default=PASS)
    if one.deciding is not None and other.deciding is not None:
        ranks = [(each.action, each.duration or GLOBAL) for each in (one.deciding, other.deciding)]
        assert ranks[0] == ranks[1]
        assert one.duration == (ranks[0][1] if one.bans else 0)


@given(
    st.integers(1, 5).flatmap(
        lambda rules: st.lists(
            st.lists(verdicts, min_size=rules, max_size=rules), min_size=1, max_size=6
        )
    ),
    st.booleans(),
)
def test_many_traces_merge_as_each_does_alone(
    traces: list[list[Verdict]],
    alike: bool,  # noqa: FBT001 - drawn
) -> None:
    if alike:
        traces = [traces[0]] * len(traces)
    columns = list(zip(*traces, strict=True))
    assert merge_all(columns, GLOBAL) == [merge(tuple(trace), GLOBAL) for trace in traces]
