"""How often one downloader is asked: as the settings say, and less often while it fails or costs much."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

_LONGEST_BACK_OFF: Final = 60.0
_FAILURES_TO_OPEN: Final = 10
_PROBE_SECONDS: Final = 10.0
_LONGEST_REST: Final = 300.0
_ALONE: Final = 3
"""Work for the only downloader takes a quarter of one processor at most: as much as 10,000 peers once a second."""
_BESIDE_OTHERS: Final = 10
"""Beside others it is a tenth, so that they do not feel it: at a fifth each of their sweeps cost 6 % more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When to sweep; seconds."""

    interval: float
    deadline: float
    alone: bool = False
    """Whether no other downloader is watched."""

    @property
    def probe_deadline(self) -> float:
        """For the question whether it answers at all."""
        return min(self.deadline, _PROBE_SECONDS)

    def after_sweep(self, took: float, work: float) -> float:
        """The wait after a sweep that `took` so long, `work` of it on the processor."""
        rest = work * (_ALONE if self.alone else _BESIDE_OTHERS)
        return max(self.interval, min(max(took, rest), _LONGEST_REST))

    def after_failures(self, count: int, work: float, dice: random.Random) -> float:
        """The wait after `count` failures in a row: doubling, with jitter, one minute at most."""
        wait = min(self.interval * 2.0 ** min(count - 1, 8), max(_LONGEST_BACK_OFF, self.interval))
        return self.after_sweep(wait * float(dice.uniform(0.8, 1.2)), work)


def is_open(failures: int) -> bool:
    """Whether so many failures in a row are enough to ask only whether it answers, until it does."""
    return failures >= _FAILURES_TO_OPEN
