"""Long work lets others run."""

from __future__ import annotations

import asyncio
import threading

from app.adapters.downloaders.effort import Effort, computed


async def test_long_work_is_cut_and_only_its_own_time_counts() -> None:
    turns = 0
    is_over = False

    async def other() -> None:
        nonlocal turns
        while not is_over:
            turns += 1
            sum(range(30_000))
            await asyncio.sleep(0)

    async def work() -> Effort:
        nonlocal is_over
        effort = Effort()
        for _ in range(2_000):
            sum(range(300))
            if effort.due():
                await effort.rest()
        is_over = True
        return effort

    loop = asyncio.get_running_loop()
    started = loop.time()
    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        working = group.create_task(work())
    assert turns > 1
    assert 0 < working.result().seconds < loop.time() - started


def test_short_work_needs_no_rest() -> None:
    effort = Effort()
    assert not any(effort.due() for _ in range(15))


async def test_a_long_computation_leaves_the_loop_and_a_short_one_stays() -> None:
    here = threading.get_ident()
    assert await computed(10, threading.get_ident) == here
    assert await computed(10_000, threading.get_ident) != here
