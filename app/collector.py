"""Collects garbage on the loop's thread alone, in small portions, and gives back what memory is free.

Python collects in whatever thread happens to allocate. In a worker that would destroy Qt objects off Qt's thread, which
crashes (reference: smoothness, measured), and a full collection of ten thousand peers holds the loop for 20 to 35 ms.

Answers of ten thousand peers are read in threads, and what glibc took for them it keeps: 16 MB (measured), in pieces
between others that are in use.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

_START: Final = 5.0
"""Seconds until the program stands: all is imported, and most downloaders were swept once."""
_EVERY: Final = 1.0
"""Seconds between collections of what is young; what 10,000 peers leave behind in five takes 10 to 20 ms."""
_FULL_EVERY: Final = 600
"""So many of these between full ones."""
_TRIM_EVERY: Final = 10
"""So many of them between two times that free memory is given back; that takes 5 ms of a thread."""


@asynccontextmanager
async def collecting() -> AsyncIterator[None]:
    """Switch Python's own collector off while the block runs, and collect from the loop instead."""
    was_enabled = gc.isenabled()
    gc.disable()
    task = asyncio.get_running_loop().create_task(_collect(), name="collect garbage")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        gc.unfreeze()
        if was_enabled:
            gc.enable()


async def _collect() -> None:
    await asyncio.sleep(_START)
    # Modules and the first sweep's peers stay; no later collection needs to walk them.
    gc.freeze()
    trim = trimming()
    count = 0
    while True:
        if trim is not None and count % _TRIM_EVERY == 0:
            await asyncio.to_thread(trim, 0)
        await asyncio.sleep(_EVERY)
        count += 1
        gc.collect(2 if count % _FULL_EVERY == 0 else 1)


def trimming() -> Callable[[int], int] | None:
    """What gives free memory back to the system, where the C library is glibc; others do so by themselves or never."""
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim
