"""Calls to worker processes: they end with who waits for them, and leave nothing behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from app.adapters.scripting.workshop import PROCESSES, Workshop
from app.domain.script import ScriptLimits

LIMITS = ScriptLimits(time_ms=20_000)


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    workshop = Workshop(None)
    await workshop.open()
    yield workshop
    await workshop.close()


async def test_a_call_runs_beside_the_loop(workshop: Workshop) -> None:
    worker = await workshop.enter(LIMITS)

    assert await workshop.run(worker.feed_run, "1 + 1", worker=worker) == 2
    await workshop.run(worker.__exit__, None, None, None)


async def test_who_is_cancelled_ends_the_worker(workshop: Workshop) -> None:
    worker = await workshop.enter(LIMITS)
    pid = worker.worker_pid
    started = time.perf_counter()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await workshop.run(worker.feed_run, "while True: pass", worker=worker)

    assert time.perf_counter() - started < 5
    assert pid is not None
    await workshop.run(worker.__exit__, None, None, None)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_who_is_cancelled_while_a_worker_starts_gives_it_back(workshop: Workshop) -> None:
    for _ in range(PROCESSES + 1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await workshop.enter(LIMITS)

    worker = await workshop.enter(LIMITS)
    await workshop.run(worker.__exit__, None, None, None)


def test_a_program_that_ran_scripts_ends_cleanly() -> None:
    program = (
        "import asyncio\n"
        "from app.adapters.scripting.engine import MontyEngine\n"
        "from app.domain.script import ScriptLimits\n"
        "async def main():\n"
        "    engine = MontyEngine()\n"
        "    async with engine.opened('def judge(n): return n', ScriptLimits()) as session:\n"
        "        await session.ask([list(range(5_000))], 5_000)\n"
        "    await engine.close()\n"
        "asyncio.run(main())\n"
    )
    for _ in range(3):
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, b"")
