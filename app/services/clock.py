"""The wall clock of the running program."""

from __future__ import annotations

import time


def wall_clock() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000
