"""Which upload limit keeps the last 24 hours below a budget (reference/rules.md 3.14)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_DAY_SECONDS: Final = 86_400


def next_limit(*, budget: int, low: int, high: int, used: int, current: int) -> int | None:
    """The limit that follows on `current`; None to leave it alone. Never 0, which would be no limit at all (D-16).

    `budget` and `used` are bytes of 24 hours, the others bytes per second; `low` and `high` are bounds, and 0 is no
    upper bound. A `current` of 0 is the upper bound; without one, what would just use up the budget.
    """
    low = max(1, min(low, high) if high else low)
    if used < budget:
        if high and not 0 < current < high:
            return high
        if not current:
            return None
        grown = max(low, current + (budget - used) // _DAY_SECONDS)
        return min(high, grown) if high else grown
    start = current or high or budget // _DAY_SECONDS
    if not start:
        return None
    excess = Fraction(used, budget) if budget else Fraction(1)
    lowered = low if start <= low else max(low, int(start / excess))
    return min(high, lowered) if high else lowered
