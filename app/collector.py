"""Collects garbage on the loop's thread alone, in small portions.

Python collects in whatever thread happens to allocate. In a worker that would destroy Qt objects off Qt's thread, which
crashes (reference: smoothness, measured), and a full collection of ten thousand peers holds the loop for 20 to 35 ms.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

_START: Final = 5.0
"""Seconds until the program stands: all is imported, and most downloaders were swept once."""
_EVERY: Final = 1.0
"""Seconds between collections of what is young; what 10,000 peers leave behind in five takes 10 to 20 ms."""
_FULL_EVERY: Final = 600
"""So many of these between full ones."""


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
    count = 0
    while True:
        await asyncio.sleep(_EVERY)
        count += 1
        gc.collect(2 if count % _FULL_EVERY == 0 else 1)
