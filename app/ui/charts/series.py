"""Samples made ready to be drawn: joined to points of a chart's resolution, with gaps where nobody sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.locale import N_
from app.services.statistics import SAMPLE_MS, Sample, Statistics

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_GAP: Final = 4
"""So many missing points are a gap: the computer slept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How far a chart looks back, and how finely; milliseconds."""

    key: str
    name: str
    """Message id, marked with N_()."""
    length: int
    step: int
    """Between two points of a line."""
    bar: int
    """That one bar counts."""
    step_words: str
    bar_words: str


SPANS: Final = (
    Span(
        key="hour",
        name=N_("1 h"),
        length=_HOUR,
        step=SAMPLE_MS,
        bar=_MINUTE,
        step_words=N_("One point = 5 s"),
        bar_words=N_("bans per minute"),
    ),
    Span(
        key="day",
        name=N_("24 h"),
        length=24 * _HOUR,
        step=_MINUTE,
        bar=30 * _MINUTE,
        step_words=N_("One point = 1 min"),
        bar_words=N_("bans per half hour"),
    ),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One instant of the lines."""

    at: int
    """Epoch ms."""
    good: float
    """Bytes per second."""
    banned: float
    bans: int
    """Bans in force."""


class Trend:
    """The points and bars of one span, kept from one look to the next: a day has 17,000 samples."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.points: list[Point] = []
        """Oldest first."""
        self.bars: list[tuple[int, int]] = []
        """Start (epoch ms) and number of bans, oldest first."""
        self._open = 0

    def update(self, statistics: Statistics, now: int) -> None:
        """Take the samples that came; what is older than the span at `now` (epoch ms) goes."""
        oldest, begin = now - self.span.length, self._open
        # The last bar was not over at the last look, so it is made anew, and the points in it.
        fresh = statistics.samples(since=max(oldest, begin - 1))
        kept = [point for point in self.points if oldest < point.at < begin]
        self.points = kept + points(fresh, self.span.step)
        counted = [bar for bar in self.bars if oldest - self.span.bar < bar[0] < begin]
        self.bars = counted + bars(fresh, self.span.bar)
        if fresh:
            self._open = fresh[-1].at // self.span.bar * self.span.bar


def points(samples: Sequence[Sample], step: int) -> list[Point]:
    """The means of each `step` ms, oldest first; a step without samples has no point."""
    made: list[Point] = []
    first = 0
    for place, sample in enumerate(samples):
        is_last = place + 1 == len(samples) or samples[place + 1].at // step != sample.at // step
        if is_last:
            part = samples[first : place + 1]
            made.append(
                Point(
                    at=sample.at if step <= SAMPLE_MS else sample.at // step * step,
                    good=sum(s.to_good for s in part) / len(part),
                    banned=sum(s.to_banned for s in part) / len(part),
                    bans=sample.bans,
                )
            )
            first = place + 1
    return made


def runs(made: Sequence[Point], step: int) -> list[Sequence[Point]]:
    """Points that belong together: a gap in the data is a gap in the line."""
    found: list[Sequence[Point]] = []
    first = 0
    for place in range(1, len(made) + 1):
        if place == len(made) or made[place].at - made[place - 1].at > _GAP * step:
            if place > first:
                found.append(made[first:place])
            first = place
    return found


def bars(samples: Sequence[Sample], width: int) -> list[tuple[int, int]]:
    """Start (epoch ms) and number of new bans of each `width` ms in which there were any."""
    counts: dict[int, int] = {}
    for sample in samples:
        if sample.new_bans:
            start = sample.at // width * width
            counts[start] = counts.get(start, 0) + sample.new_bans
    return sorted(counts.items())


def nearest(made: Sequence[Point], at: float) -> int:
    """The place of the point closest to `at` (epoch ms), -1 when there is none."""
    if not made:
        return -1
    low, high = 0, len(made) - 1
    while low < high:
        middle = (low + high) // 2
        if made[middle].at < at:
            low = middle + 1
        else:
            high = middle
    if low and at - made[low - 1].at < made[low].at - at:
        low -= 1
    return low


_UNITS: Final = ("B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s")


def rate_unit(highest: float) -> tuple[str, float]:
    """The unit for an axis that reaches `highest` bytes/s, and how many bytes/s it is."""
    size, place = 1.0, 0
    while highest >= 1024 * size and place < len(_UNITS) - 1:
        size, place = size * 1024, place + 1
    return _UNITS[place], size
