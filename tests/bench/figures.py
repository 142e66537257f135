"""What a benchmark prints: figures beside their budgets, and the machine they were taken on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it may be at most."""

    name: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it is beyond its budget."""
        return self.budget is not None and self.value > self.budget

    def line(self) -> str:
        """As a row of a table."""
        allowed = "" if self.budget is None else f"of {self.budget:g} {self.unit}"
        mark = "  <-- MISSED" if self.missed else ""
        return f"  {self.name:<52}{self.value:>10.1f} {self.unit:<3} {allowed}{mark}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share) - 1)] if ordered else 0.0


def machine() -> str:
    """What it ran on, and what else it had to do."""
    load = (
        ", ".join(f"{part:.1f}" for part in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    )
    return (
        f"{platform.system()} {platform.machine()} {_processor()}, {os.cpu_count()} cores, "
        f"Python {sys.version.split()[0]}, load {load}"
    )


def table(title: str, figures: Iterable[Figure]) -> str:
    """A title with a row per figure."""
    return "\n".join([title, *(figure.line() for figure in figures)])


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - no file, a window into the kernel
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "?"
