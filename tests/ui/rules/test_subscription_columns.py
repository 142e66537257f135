"""What the tables of remote lists say about each state."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain.reason import Text
from app.services.clock import wall_clock
from app.services.fetching import FetchFailed
from app.services.subscription import ListKey, ListKind, ListLogRow, ListRefused, ListState
from app.ui.rules.subscription_columns import LIST_COLUMNS, LOG_COLUMNS, state_words

KEY = ListKey(ListKind.ADDRESSES, "mine")
LATE = FetchFailed("https://example.org/list.txt", Text("no-answer-in-time")).text
PAGE = ListRefused("Mine", Text("list-refused-empty")).text
GOOD = ListState(
    key=KEY,
    name="Mine",
    url="https://example.org/list.txt",
    enabled=True,
    entries=1_234,
    in_force=True,
    updated_at=wall_clock() - 60_000,
    checked_at=wall_clock(),
    problem=None,
    next_try=wall_clock() + 3_600_000,
    updating=False,
)
LIST = {column.key: column for column in LIST_COLUMNS}
LOG = {column.key: column for column in LOG_COLUMNS}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (GOOD, "In force"),
        (replace(GOOD, updating=True, problem=LATE), "Being fetched…"),
        (replace(GOOD, enabled=False, in_force=False, next_try=None), "Off"),
        (replace(GOOD, in_force=False, next_try=None), "Not used, because the rule is off"),
        (replace(GOOD, in_force=False), "Not fetched yet"),
        (replace(GOOD, problem=LATE), "The last good copy is in force. No answer in time."),
    ],
)
def test_how_a_list_is(state: ListState, words: str) -> None:
    assert state_words(state) == words
    assert LIST["state"].text(state) == words


def test_a_problem_is_short_in_the_table_and_whole_in_the_tip() -> None:
    refused = replace(GOOD, in_force=False, problem=PAGE)
    assert state_words(refused).startswith("Not in force. ")
    assert "Mine" not in state_words(refused)
    tip = LIST["state"].tip
    assert tip is not None
    assert "Mine" in tip(refused)
    assert tip(GOOD) == "In force"


def test_entries_count_only_what_is_in_force() -> None:
    entries = LIST["entries"].text
    assert entries(GOOD) == "1,234"
    assert entries(replace(GOOD, in_force=False)) != "1,234"


def test_the_next_look_is_now_when_its_time_has_come() -> None:
    following = LIST["next"].text
    assert following(replace(GOOD, next_try=0)) == "now"
    assert following(GOOD) not in ("now", "")
    assert following(replace(GOOD, next_try=None)) != "now"


def test_the_log_tells_who_asked_and_what_came_of_it() -> None:
    row = ListLogRow(key=KEY, at=wall_clock(), entries=7, manual=True, result=Text("list-updated"))
    assert LOG["asked"].text(row) == "you"
    assert LOG["asked"].text(replace(row, manual=False)) == "schedule"
    assert LOG["list"].text(row) == "mine"
    failed = replace(row, result=LATE)
    tip = LOG["result"].tip
    assert tip is not None
    assert LOG["result"].text(failed) == "No answer in time"
    assert "https://example.org/list.txt" in tip(failed)
