"""When a torrent is asked for its peers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.turn import LONELY, PUT_OFF, RESTING, Turn


def asked(turn: Turn, sweeps: range, *, moving: bool = False, connected: int = 0) -> list[int]:
    """The sweeps in which it is asked."""
    found = []
    for sweep in sweeps:
        turn.begin(sweep, moving=moving, connected=connected)
        if turn.pending:
            found.append(sweep)
            turn.done()
    return found


@given(st.text(), st.integers(1, 10_000))
def test_a_moving_torrent_is_asked_every_time(torrent_id: str, first: int) -> None:
    sweeps = range(first, first + 20)
    assert asked(Turn(torrent_id), sweeps, moving=True) == list(sweeps)


@given(st.text(), st.integers(1, 10_000))
def test_a_resting_torrent_with_peers_is_asked_at_once_and_then_now_and_then(
    torrent_id: str, first: int
) -> None:
    found = asked(Turn(torrent_id), range(first, first + 10 * RESTING), connected=3)
    assert found[0] == first
    assert {later - earlier for earlier, later in pairwise(found[1:])} == {RESTING}


@given(st.text(), st.integers(1, 10_000))
def test_a_torrent_without_peers_is_asked_rarely_but_never_never(
    torrent_id: str, first: int
) -> None:
    assert len(asked(Turn(torrent_id), range(first, first + 5 * LONELY))) == 5


def test_resting_torrents_do_not_all_come_at_once() -> None:
    turns = [Turn(f"{number:040x}") for number in range(600)]
    for turn in turns:
        asked(turn, range(1, 2), connected=1)
    each_sweep = [
        sum(bool(asked(turn, range(sweep, sweep + 1), connected=1)) for turn in turns)
        for sweep in range(2, 2 + RESTING)
    ]
    assert sum(each_sweep) == 600
    assert max(each_sweep) < 300


def test_one_that_comes_to_rest_is_asked_once_more() -> None:
    turn = Turn("a" * 40)
    start = next(s for s in range(1, 100) if not asked(Turn("a" * 40), range(s, s + 4)))
    assert asked(turn, range(start, start + 1), moving=True) == [start]
    assert asked(turn, range(start + 1, start + 4)) == [start + 1]


def test_one_whose_counters_changed_is_asked_and_once_more() -> None:
    turn = Turn("a" * 40)
    start = next(s for s in range(1, 100) if not asked(Turn("a" * 40), range(s, s + 4)))
    turn.stir()
    assert asked(turn, range(start, start + 4)) == [start, start + 1]


def test_a_failed_request_is_made_up_for() -> None:
    turn = Turn("a" * 40)
    turn.begin(1, moving=True, connected=1)
    turn.begin(2, moving=False, connected=0)
    turn.begin(3, moving=False, connected=0)
    assert turn.pending


def test_one_that_did_not_answer_in_time_is_left_alone_for_a_while() -> None:
    turn = Turn("x")
    assert asked(turn, range(1, 2), moving=True) == [1]
    turn.put_off()
    assert turn.overdue
    assert asked(turn, range(2, 12), moving=True) == [*range(1 + PUT_OFF, 12)]
    assert not turn.overdue


def test_one_that_just_moved_is_certain_to_be_asked_by_the_next_sweep() -> None:
    turn = Turn("a")
    turn.begin(1, moving=True, connected=1)
    turn.done()
    assert turn.certain
    turn.begin(2, moving=False, connected=0)
    assert turn.pending
    turn.done()
    assert not turn.certain
