"""The journal: hours add up to what was sent, whatever the counters do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.services.traffic_journal import HOUR, Totals, TrafficJournal
from tests.services.record_fakes import MemoryJournal
from tests.services.zones import living_in, utc

START = utc(2026, 8, 1)
MINUTE = 60_000


async def sampled(store: MemoryJournal, *samples: tuple[int, int]) -> list[int]:
    """Bytes by hour after these (minute, total) samples of one downloader, taken in one run."""
    journal = TrafficJournal(store)
    for minute, total in samples:
        await journal.sample(START + minute * MINUTE, {"one": Totals(total, total * 2)})
    return [hour.uploaded for hour in await store.hours(since=0, until=2**50)]


async def test_what_was_sent_between_two_hours_counts_in_the_next_d31() -> None:
    assert await sampled(MemoryJournal(), (0, 100), (59, 150), (61, 200), (119, 210)) == [50, 60]


async def test_it_goes_on_after_a_restart() -> None:
    store = MemoryJournal()
    assert await sampled(store, (0, 100), (59, 150)) == [50]
    assert await sampled(store, (61, 200)) == [50, 50]


async def test_what_was_sent_while_nobody_looked_is_not_of_this_hour() -> None:
    assert await sampled(MemoryJournal(), (0, 100), (10, 150), (180, 900), (190, 910)) == [50, 10]


async def test_a_counter_that_falls_never_makes_traffic_negative_d31() -> None:
    found = await sampled(
        MemoryJournal(), (0, 1_000), (1, 1_500), (2, 40), (3, 60), (61, 10), (62, 15)
    )
    assert found == [520, 5]


async def test_a_daemon_that_just_started_may_not_know_its_totals() -> None:
    assert await sampled(MemoryJournal(), (0, 1_000), (1, 0), (2, 1_100)) == [100]


async def test_a_clock_set_back_counts_nothing_twice() -> None:
    found = await sampled(
        MemoryJournal(), (0, 100), (30, 150), (70, 160), (190, 200), (5, 230), (6, 240)
    )
    assert found == [90, 10, 0]


async def test_another_daemon_under_the_same_id_begins_anew() -> None:
    store = MemoryJournal()
    journal = TrafficJournal(store)
    for minute, total in ((0, 100), (1, 150), (2, 10**12), (3, 10**12 + 5)):
        if minute == 2:
            journal.begin_anew("one")
        await journal.sample(START + minute * MINUTE, {"one": Totals(total, 0)})

    assert await journal.uploaded(since=0, until=2**50) == {"one": 55}


async def test_only_what_changed_is_written() -> None:
    store = MemoryJournal()
    await sampled(store, *((minute, 100) for minute in range(60)))
    assert store.writes == 1


async def test_days_are_local_ones() -> None:
    store = MemoryJournal()
    journal = TrafficJournal(store)
    with living_in("Asia/Shanghai"):
        for hour in range(48):
            await journal.sample(
                START + hour * HOUR, {"one": Totals(hour, 0), "two": Totals(2 * hour, hour)}
            )
        days = await journal.days(since=0, until=2**50)
        assert [(day.at, day.uploaded, day.downloaded) for day in days] == [
            (START - 8 * HOUR, 45, 15),
            (START + 16 * HOUR, 72, 24),
            (START + 40 * HOUR, 24, 8),
        ]
        (alone, *_) = await journal.days(since=0, until=2**50, downloader="two")
        assert alone.uploaded == 30


async def test_clocks_that_change_lose_no_hour() -> None:
    store = MemoryJournal()
    journal = TrafficJournal(store)
    begin = utc(2026, 10, 24, 22)
    with living_in("Europe/Berlin"):
        for quarter in range(4 * 25):
            at = begin + quarter * HOUR // 4
            await journal.sample(at, {"one": Totals(quarter, 0)})
        (day,) = await journal.days(since=0, until=2**50)

    assert day.uploaded == 4 * 25 - 1
    assert len(store.kept) == 25


async def test_a_move_to_a_zone_with_half_hours_counts_nothing_twice() -> None:
    store = MemoryJournal()
    journal = TrafficJournal(store)
    for minute in range(0, 180, 5):
        with living_in("UTC" if minute < 75 else "Asia/Kolkata"):
            await journal.sample(START + minute * MINUTE, {"one": Totals(minute, 0)})

    assert await journal.uploaded(since=0, until=2**50) == {"one": 175}


@given(st.lists(st.tuples(st.integers(0, 55), st.integers(0, 10**9)), min_size=2))
async def test_the_sum_of_all_hours_is_what_was_sent(steps: list[tuple[int, int]]) -> None:
    minute = total = 0
    samples = []
    for wait, sent in steps:
        minute, total = minute + wait, total + sent
        samples.append((minute, total + 1))
    found = await sampled(MemoryJournal(), *samples)

    assert sum(found) == sum(after - before for (_, before), (_, after) in pairwise(samples))


async def test_old_hours_are_forgotten() -> None:
    store = MemoryJournal()
    await sampled(store, (0, 1), (61, 2))
    assert await TrafficJournal(store).forget(before=START + HOUR) == 1
