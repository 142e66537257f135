"""Adding up what one coroutine costs."""

import asyncio
from contextlib import suppress

import pytest

from app.services.loop_time import LoopTime, accounted


class Clock:
    """Passes by work alone."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.loop_time.perf_counter", CLOCK)


def work() -> None:
    CLOCK.now += 1


async def worker(rounds: int) -> str:
    for _ in range(rounds):
        work()
        await asyncio.sleep(0)
    return "done"


async def test_only_its_own_steps_count() -> None:
    mine = LoopTime(worker(3))

    async def other() -> None:
        await worker(3)

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        assert await mine == "done"
    assert mine.seconds == 3


async def test_waiting_costs_nothing() -> None:
    mine = LoopTime(asyncio.sleep(0.01))
    await mine
    assert mine.seconds == 0


async def test_errors_and_what_was_spent_until_then_come_through() -> None:
    async def fail() -> None:
        work()
        await asyncio.sleep(0)
        raise KeyError("bug")

    mine = LoopTime(fail())
    with pytest.raises(KeyError):
        await mine
    assert mine.seconds == 1


async def test_a_deadline_ends_it_and_its_cleaning_up_is_awaited() -> None:
    ended = []

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await LoopTime(hang())
    assert ended == [True]


async def test_one_that_is_never_awaited_can_be_closed() -> None:
    mine = LoopTime(worker(1))
    mine.close()
    mine.close()
    assert mine.seconds == 0


async def test_parts_in_tasks_of_their_own_are_put_down_to_the_whole() -> None:
    async def many() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(accounted(worker(2)))
        assert await accounted(worker(1)) == "done"

    mine, other = LoopTime(many()), LoopTime(worker(2))
    async with asyncio.TaskGroup() as group:
        group.create_task(_awaited(other))
        await mine
    assert mine.seconds == 5
    assert other.seconds == 2
    assert await accounted(worker(1)) == "done"


async def _awaited(whole: LoopTime[str]) -> None:
    await whole
