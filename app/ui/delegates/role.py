"""What a model hands its delegates, and the kinds of delegate there are."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import IntEnum, StrEnum
from typing import NamedTuple

from PySide6.QtCore import Qt

_FIRST = Qt.ItemDataRole.UserRole.value


class Role(IntEnum):
    """Roles of every table beside Qt's own; DisplayRole is the text, AccessibleTextRole what a screen reader says."""

    ROW = _FIRST
    """`Kept`: the whole value that the row shows."""
    KEY = _FIRST + 1
    """`Kept`: the identity of the row, which outlives its place."""
    SORT = _FIRST + 2
    """What the column sorts by."""
    EXTRA = _FIRST + 3
    """`Kept`: what the column's delegate draws beside the text; `Kind` says of which type."""
    FAINT = _FIRST + 4
    """True when the row is stale, off, or no longer there."""


class Kept:
    """A value on its way through Qt, which would turn tuples into lists and StrEnums into strings."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Kind(StrEnum):
    """Which delegate paints a column, and what the column's `value` gives it."""

    TEXT = "text"
    """No value."""
    FLAG = "flag"
    """A two-letter country code or None, before the text."""
    VERDICT = "verdict"
    """A `Mark`: icon, colours and ground of the chip; the text is its word."""
    HOT = "hot"
    """True when the number is beyond its limit."""
    PROGRESS = "progress"
    """(claimed, delivered): what the peer claims, and what it must have from us alone or None; shares 0 to 1."""
    SPARK = "spark"
    """A `Trail`."""
    MARGIN = "margin"
    """Measured / threshold, or None when nothing was measured."""
    TWO_LINES = "two lines"
    """The second, smaller line."""
    INK = "ink"
    """The token of the text's colour; empty for that of its row."""
    MODE = "mode"
    """A `Mode`; a click on another segment calls the model's setData with it and Role.EXTRA."""


class Trail(NamedTuple):
    """The last samples of one row, drawn once per (owner, number) and then kept as a picture."""

    owner: Hashable
    number: int
    """Of the last sample; another number means another picture."""
    samples: Sequence[float]
    """Oldest first, 0 to 1 on a scale that the whole column shares (`sqrt_scale`)."""


def sqrt_scale(values: Sequence[float], top: float) -> tuple[float, ...]:
    """Samples of a sparkline on the square-root scale whose 1.0 is `top`, so that small rates stay visible."""
    return (
        tuple(min(max(value, 0.0) / top, 1.0) ** 0.5 for value in values)
        if top > 0
        else (0.0,) * len(values)
    )
