"""The upload of one downloader in the last hour, for the sparkline of its card."""

from __future__ import annotations

from collections import deque
from typing import Final

from app.ui.delegates import sqrt_scale

_STEP_MS: Final = 30_000
_STEPS: Final = 120
_SHORTEST: Final = 20
"""A line of fewer steps would be stretched over the whole width and look like news."""


class RateTrail:
    """The highest rate of each half minute."""

    def __init__(self) -> None:
        self._steps: deque[tuple[int, int]] = deque(maxlen=_STEPS)

    def add(self, at: int, rate: int) -> None:
        """Take a rate in bytes/s seen at `at`, epoch ms; times never fall."""
        step = at // _STEP_MS
        if self._steps and self._steps[-1][0] == step:
            rate = max(rate, self._steps.pop()[1])
        self._steps.append((step, rate))

    def samples(self, now: int) -> tuple[float, ...]:
        """Samples from 0 to 1 up to `now` (epoch ms), oldest first; half a minute without a rate is 0."""
        last = now // _STEP_MS
        seen = {step: rate for step, rate in self._steps if last - step < _STEPS}
        if not seen:
            return ()
        first = min(*seen, last - _SHORTEST + 1)
        rates = [seen.get(step, 0) for step in range(first, last + 1)]
        return sqrt_scale(rates, max(rates))

    @property
    def last(self) -> int:
        """The rate of the newest step, bytes/s."""
        return self._steps[-1][1] if self._steps else 0
