"""The ban list: stored first, listed after, ended in time."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import pytest

from app.domain.address import Prefix, parse_ip, parse_prefix
from app.domain.ban import Ban
from app.services.ban_list import BanList
from app.services.errors import StorageError
from app.services.events import BansChanged, EventBus
from tests.domain.examples import ban
from tests.services.fakes import HandClock, MemoryStore


class Bench:
    def __init__(self) -> None:
        self.clock, self.bus, self.store = HandClock(0), EventBus(), MemoryStore()
        self.events: list[BansChanged] = []
        self.bus.subscribe(BansChanged, self.events.append)
        self.bans = BanList(self.store, self.bus, self.clock)


async def test_a_ban_is_stored_before_it_is_announced() -> None:
    bench = Bench()
    stored_when_told: list[bool] = []
    bench.bus.subscribe(
        BansChanged, lambda e: stored_when_told.append(e.added[0].prefix in bench.store.bans)
    )
    await bench.bans.add([ban("1.2.3.4")])
    assert stored_when_told == [True]
    assert bench.bans.find(parse_ip("1.2.3.4")) is not None


async def test_what_cannot_be_stored_is_not_listed() -> None:
    bench = Bench()
    bench.store.fails = True
    with pytest.raises(StorageError):
        await bench.bans.add([ban("1.2.3.4")])
    assert len(bench.bans) == 0
    assert not bench.events


async def test_what_cannot_be_unstored_stays_listed() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.3.4", until=5)])
    bench.store.fails = True
    with pytest.raises(StorageError):
        await bench.bans.remove([parse_prefix("1.2.3.4")])
    bench.clock.now = 10
    with pytest.raises(StorageError):
        await bench.bans.expire()
    assert len(bench.bans) == 1
    bench.store.fails = False
    assert len(await bench.bans.expire()) == 1


async def test_o11_a_ban_ends_when_its_time_is_over_and_not_before() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.3.4", until=15_000), ban("5.6.7.8", until=99_000)])
    bench.clock.now = 15_000
    assert await bench.bans.expire() == ()
    bench.clock.now = 15_001
    assert [str(b.prefix) for b in await bench.bans.expire()] == ["1.2.3.4/32"]
    assert len(bench.bans) == 1


async def test_a_ban_that_was_prolonged_does_not_end_with_its_old_time() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.3.4", until=10)])
    await bench.bans.add([ban("1.2.3.4", until=50)])
    bench.clock.now = 20
    assert await bench.bans.expire() == ()
    bench.clock.now = 60
    assert len(await bench.bans.expire()) == 1


def slowed(bench: Bench, ends: asyncio.Event | None = None) -> asyncio.Event:
    """Have the database work until `ends`, or for a step; the event that is returned tells that it began."""
    commit, begun = bench.store.commit_bans, asyncio.Event()

    async def commit_slowly(
        added: Sequence[Ban],
        removed: Collection[Prefix],
        *,
        undone_at: int | None = None,
        record: bool = True,
    ) -> None:
        begun.set()
        await (asyncio.sleep(0.001) if ends is None else ends.wait())
        await commit(added, removed, undone_at=undone_at, record=record)

    bench.store.commit_bans = commit_slowly  # type: ignore[method-assign]
    return begun


async def cut_off(bench: Bench, change: Coroutine[Any, Any, object]) -> None:
    """Cancel `change` while the database works on it, then let the database finish."""
    ends = asyncio.Event()
    begun = slowed(bench, ends)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(change)
        await begun.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        ends.set()
    await bench.bans.settled()


async def test_a_change_that_is_cut_off_is_made_as_a_whole() -> None:
    bench = Bench()
    await cut_off(bench, bench.bans.add([ban("1.2.3.4")]))
    assert bench.bans.get(parse_prefix("1.2.3.4")) is not None
    assert len(bench.events) == 1
    await cut_off(bench, bench.bans.remove([parse_prefix("1.2.3.4")]))
    assert bench.bans.get(parse_prefix("1.2.3.4")) is None
    assert not bench.store.bans


async def test_a_ban_that_is_prolonged_while_it_ends_stays() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.3.4", until=10)])
    bench.clock.now = 20
    begun = slowed(bench)
    async with asyncio.TaskGroup() as group:
        group.create_task(bench.bans.add([ban("1.2.3.4", until=50)]))
        await begun.wait()
        group.create_task(bench.bans.expire())
    assert [entry.until for entry in bench.bans] == [50]


async def test_what_is_not_wanted_any_more_when_its_turn_comes_is_left_out() -> None:
    bench = Bench()
    listed = await bench.bans.add(
        [ban("1.2.3.4"), ban("5.6.7.8")], unless=lambda b: b.prefix == parse_prefix("1.2.3.4")
    )
    assert [str(entry.prefix) for entry in listed] == ["5.6.7.8/32"]
    assert list(bench.bans) == list(listed)


async def test_bans_that_are_lifted_early_are_not_kept_until_their_end() -> None:
    bench = Bench()
    for number in range(3):
        entries = [ban(f"10.{number}.{n // 256}.{n % 256}") for n in range(1000)]
        await bench.bans.add(entries)
        await bench.bans.remove([entry.prefix for entry in entries])
    assert len(bench.bans._ends) <= 1001  # noqa: SLF001 - nothing else shows it


async def test_loading_leaves_out_what_ended_meanwhile_and_deletes_it() -> None:
    bench = Bench()
    for entry in (ban("1.2.3.4", until=10), ban("5.6.7.8", until=50)):
        bench.store.bans[entry.prefix] = entry
    bench.clock.now = 20
    await bench.bans.load()
    assert [str(b.prefix) for b in bench.bans] == ["5.6.7.8/32"]
    assert list(bench.store.bans) == [parse_prefix("5.6.7.8")]


async def test_removing_what_is_not_there_announces_nothing() -> None:
    bench = Bench()
    assert await bench.bans.remove([parse_prefix("1.2.3.4")]) == ()
    assert not bench.events


async def test_the_narrowest_entry_answers() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.0.0/16"), ban("1.2.3.4")])
    found = bench.bans.find(parse_ip("1.2.3.4"))
    assert found is not None
    assert str(found.prefix) == "1.2.3.4/32"


async def test_it_tells_what_changed_since_a_generation() -> None:
    bench = Bench()
    await bench.bans.load()
    before = bench.bans.generation
    assert bench.bans.changed_since(before) == frozenset()
    await bench.bans.add([ban("1.2.3.4"), ban("1.2.3.5")])
    between = bench.bans.generation
    await bench.bans.remove([parse_prefix("1.2.3.4")])
    both = frozenset({parse_prefix("1.2.3.4"), parse_prefix("1.2.3.5")})
    assert bench.bans.changed_since(before) == both
    assert bench.bans.changed_since(between) == frozenset({parse_prefix("1.2.3.4")})
    assert bench.bans.changed_since(before - 1) is None


async def test_it_admits_what_it_has_forgotten() -> None:
    bench = Bench()
    await bench.bans.add([ban("1.2.3.4")])
    before = bench.bans.generation
    await bench.bans.add([ban(f"1.{n // 250}.{n % 250}.1") for n in range(5000)])
    assert bench.bans.changed_since(before) is None
    assert bench.bans.changed_since(bench.bans.generation) == frozenset()
