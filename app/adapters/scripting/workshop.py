"""Worker processes for scripts, and calls to them that can be cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar, TypeVarTuple

import psutil
from pydantic_monty import Monty, MontySession

from app.domain.script import ScriptLimits

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PROCESSES: Final = 2
"""One for sweeps, and one for who tries a script in the editor meanwhile."""

_GRACE: Final = 0.25
"""Seconds after its time is up at which a worker that does not stop by itself is killed."""
_LONGEST_TURN: Final = 65.0
_DEPTH: Final = 200
_LOOKUPS: Final = 100


class Workshop:
    """The worker processes, and the threads that wait for them.

    Monty's own asyncio interface runs on threads that may touch Python while it ends, and then the process aborts
    (one exit in eight, measured). So the blocking one is used, on threads of our own.
    """

    def __init__(self, binary: Path | None) -> None:
        self._pool = Monty(
            binary_path=binary,
            min_processes=0,
            max_processes=PROCESSES,
            request_timeout=_LONGEST_TURN,
            feed_duration_limit_grace=_GRACE,
        )
        self._threads = ThreadPoolExecutor(PROCESSES, "script")

    async def open(self) -> None:
        await self.run(self._pool.__enter__)

    async def enter(self, limits: ScriptLimits) -> MontySession:
        """A fresh session in a worker."""
        checkout = self._pool.checkout(
            limits={
                "max_feed_duration_secs": limits.time_ms / 1000,
                "max_memory": limits.memory_bytes,
                "max_recursion_depth": _DEPTH,
                "max_suspensions": _LOOKUPS,
            },
            os_policy={"sleep": "zero"},
        )
        entering = self._submit(checkout.__enter__)
        try:
            return await asyncio.shield(entering)
        except asyncio.CancelledError:
            await asyncio.wait([entering])
            if entering.exception() is None:
                await self.run(checkout.__exit__, None, None, None)
            raise

    async def run(
        self, call: Callable[[*Ts], T], *arguments: *Ts, worker: MontySession | None = None
    ) -> T:
        """`call` on a thread; when cancelled, the `worker` that it waits for is killed first."""
        pid = None if worker is None else worker.worker_pid
        running = self._submit(call, *arguments)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if pid is not None and not running.done():
                with contextlib.suppress(psutil.Error):
                    psutil.Process(pid).kill()
            await asyncio.wait([running])
            if not running.cancelled():
                running.exception()  # of no interest any more
            raise

    async def close(self) -> None:
        await self.run(self._pool.__exit__, None, None, None)
        self._threads.shutdown(wait=False)

    def _submit(self, call: Callable[[*Ts], T], *arguments: *Ts) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)
