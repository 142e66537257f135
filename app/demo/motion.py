"""When a simulated peer transfers and what it claims to have, in closed form over whole seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

NEVER: Final = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Transfers `burst` seconds of every `period`, until `ends`; times may be negative."""

    burst: int
    period: int
    phase: int
    ends: int = NEVER

    def seconds(self, tick: int) -> int:
        """Seconds of transfer from a fixed moment up to `tick`; only differences mean something."""
        cycles, rest = divmod(min(tick, self.ends) + self.phase, self.period)
        return cycles * self.burst + min(rest, self.burst)

    def is_on(self, tick: int) -> bool:
        return tick < self.ends and (tick + self.phase) % self.period < self.burst

    def next_change(self, tick: int) -> int:
        """The first later tick at which the amount or the speed differs."""
        if self.is_on(tick):
            return tick + 1
        if tick >= self.ends or self.burst == 0:
            return NEVER
        return tick + self.period - (tick + self.phase) % self.period


@dataclass(frozen=True, slots=True)
class Steady:
    """Claims the same share all the time."""

    share: float

    def at(self, tick: int, moved: int) -> float:
        del tick, moved
        return self.share


@dataclass(frozen=True, slots=True)
class Growing:
    """Claims what it had at first and `gain` bytes for each one from us; others give too."""

    start: float
    gain: int
    size: int

    def at(self, tick: int, moved: int) -> float:
        del tick
        return min(1.0, self.start + moved * self.gain / self.size)


@dataclass(frozen=True, slots=True)
class Rewinding:
    """Climbs from `low` to `high` within `period` seconds and falls back, over and over."""

    low: float
    high: float
    period: int

    def at(self, tick: int, moved: int) -> float:
        del moved
        return self.low + (self.high - self.low) * (tick % self.period) / self.period


Claim: TypeAlias = Steady | Growing | Rewinding
