"""Where the ticks of a chart stand, and how they are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
_STEPS: Final = tuple(
    minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
)


def time_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round times of this computer's clock from `low` to `high`, epoch seconds."""
    if high <= low or most < 1:
        return []
    step = next((s for s in _STEPS if (high - low) / s <= most), _STEPS[-1])
    offset = _offset(low)
    first = math.ceil((low + offset) / step) * step - offset
    return [first + number * step for number in range(int((high - first) // step) + 1)]


def amount_ticks(high: float, most: int) -> list[float]:
    """At most `most` + 1 round numbers from 0 up to `high`."""
    if high <= 0 or most < 1:
        return [0.0]
    rough = high / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough - 1e-12)
    return [step * number for number in range(int(high / step + 1e-9) + 1)]


def _offset(at: float) -> float:
    """Seconds by which local time is ahead."""
    ahead = datetime.fromtimestamp(at, UTC).astimezone().utcoffset()
    return ahead.total_seconds() if ahead is not None else 0.0
