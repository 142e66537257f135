"""Cuts long work on the loop into slices and adds up how long it took, without what others did in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SLICE: Final = 0.002
"""Seconds (reference/smoothness.md, rule 3)."""
_LOOK_EVERY: Final = 16
"""Items between two looks at the clock."""
_LARGE: Final = 500
"""Entries of a ban list that take about 2 ms to compare or to write."""


class Effort:
    """One piece of work; call `due` for each item and `rest` when it says so."""

    __slots__ = ("_before", "_count", "_started")

    def __init__(self) -> None:
        self._before = 0.0
        self._count = 0
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Worked so far."""
        return self._before + time.perf_counter() - self._started

    def due(self) -> bool:
        """Whether the slice is used up."""
        self._count += 1
        return self._count % _LOOK_EVERY == 0 and time.perf_counter() - self._started > _SLICE

    async def rest(self) -> None:
        """Let others run."""
        self._before = self.seconds
        await asyncio.sleep(0)
        self._started = time.perf_counter()


async def computed(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, off the loop when it has many entries to go through."""
    if size > _LARGE:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
