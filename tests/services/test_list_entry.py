"""When one remote list is looked at next."""

from __future__ import annotations

import random

from msgspec.structs import replace

from app.domain.name_list import parse_name_list
from app.domain.reason import Text
from app.services.fetching import Stamp
from app.services.list_entry import ListEntry
from app.services.subscription import KeptList, ListKey, ListKind
from app.settings.modules import Subscription

HOUR = 3_600_000
NOW = 100 * HOUR
KEY = ListKey(ListKind.NAMES, "a")
LIST = Subscription(id="a", url="https://example.org/a")
KEPT = KeptList(
    key=KEY,
    url=LIST.url,
    stamp=Stamp(etag="1"),
    sha256="",
    entries=1,
    updated_at=NOW - 3 * HOUR,
    checked_at=NOW - HOUR,
)


def entry(kept: KeptList | None) -> ListEntry:
    made = ListEntry(KEY, LIST, kept, random.Random(1))
    made.follow(LIST, 4 * HOUR, NOW)
    return made


def test_a_copy_that_is_not_old_waits_and_one_that_is_not_there_does_not() -> None:
    assert NOW + 3 * HOUR <= entry(KEPT).next_try <= NOW + 3.4 * HOUR
    assert entry(replace(KEPT, checked_at=NOW - 9 * HOUR)).next_try < NOW
    assert entry(replace(KEPT, url="https://example.org/other")).next_try < NOW
    assert entry(None).next_try < NOW


def test_a_clock_that_was_set_back_does_not_postpone_a_look_for_ever() -> None:
    assert entry(replace(KEPT, checked_at=NOW + 1000 * HOUR)).next_try <= NOW + 4.4 * HOUR


def test_an_interval_that_changes_counts_from_the_last_look() -> None:
    made = entry(KEPT)
    made.follow(LIST, 2 * HOUR, NOW)
    assert NOW + HOUR <= made.next_try <= NOW + 1.2 * HOUR


def test_waits_after_failures_grow_up_to_the_interval() -> None:
    made = entry(KEPT)
    waits = []
    for _ in range(20):
        made.failed(Text("fetch-refused"), NOW)
        waits.append(made.next_try - NOW)
    assert 300_000 <= waits[0] <= 330_000
    assert 600_000 <= waits[1] <= 660_000
    assert 4 * HOUR <= waits[-1] <= 4.4 * HOUR
    assert made.state(wanted=True).problem == Text("fetch-refused")

    made.kept = replace(KEPT, checked_at=NOW)
    made.succeeded(NOW)
    assert made.problem is None
    made.failed(Text("fetch-refused"), NOW)
    assert made.next_try - NOW <= 330_000


def test_a_stamp_counts_only_for_what_is_in_force_from_the_same_address() -> None:
    made = entry(KEPT)
    assert made.stamp == Stamp()
    made.loaded = parse_name_list(b"x", name="a")
    assert made.stamp == KEPT.stamp
    made.follow(Subscription(id="a", name="b", url="https://example.org/b"), 4 * HOUR, NOW)
    assert made.stamp == Stamp()
    assert made.next_try < NOW
    assert made.loaded.name == "b"
    assert made.state(wanted=False).next_try is None
