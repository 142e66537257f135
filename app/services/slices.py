"""Cuts a long calculation into slices that leave the loop free."""

from __future__ import annotations

import asyncio
import time
from typing import Final

_SLICE_SECONDS: Final = 0.002
"""The slice that keeps a frame free (reference/smoothness.md, rule 3)."""
_LOOK_EVERY: Final = 16
"""Items between two looks at the clock."""


class Slices:
    """Says when a long calculation has used its slice of the loop."""

    def __init__(self, look_every: int = _LOOK_EVERY) -> None:
        self._look_every = look_every
        self._count = 0
        self._started = time.perf_counter()

    def due(self) -> bool:
        """Whether it is time to rest; looks at the clock now and then only."""
        self._count += 1
        return self._count % self._look_every == 0 and self.due_now()

    def due_now(self) -> bool:
        """The same, looking at the clock."""
        return time.perf_counter() - self._started > _SLICE_SECONDS

    async def rest_if_due(self) -> None:
        """Let others run if it is time."""
        if self.due_now():
            await self.rest()

    async def rest(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)
        self._started = time.perf_counter()
