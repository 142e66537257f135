"""Slices of long work that add up how long it took, without what others did in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from typing_extensions import override

from app.services.slices import Slices

P = ParamSpec("P")
T = TypeVar("T")

_LARGE: Final = 500
"""Entries of a ban list that take about 2 ms to compare or to write."""


class Effort(Slices):
    """One piece of work; call `due` for each item and `rest` when it says so."""

    def __init__(self) -> None:
        super().__init__()
        self._before = 0.0

    @property
    def seconds(self) -> float:
        """Worked so far."""
        return self._before + time.perf_counter() - self._started

    @override
    async def rest(self) -> None:
        self._before = self.seconds
        await super().rest()


async def computed(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, off the loop when it has many entries to go through."""
    if size > _LARGE:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
