"""Painting of cells without any widget; one delegate object per kind serves the whole program."""

from __future__ import annotations

from functools import cache

from app.ui.delegates.cell import Cell
from app.ui.delegates.flag import FlagCell
from app.ui.delegates.inked import InkedCell
from app.ui.delegates.margin import MarginCell
from app.ui.delegates.mark import LOOKS, Mark, mark_word
from app.ui.delegates.mode import ModeCell, mode_word
from app.ui.delegates.number import HotNumberCell
from app.ui.delegates.progress import ProgressCell
from app.ui.delegates.role import Kind, Role, Trail, sqrt_scale
from app.ui.delegates.spark import SparkCell
from app.ui.delegates.two_lines import TwoLineCell
from app.ui.delegates.verdict import VerdictCell

_CELLS: dict[Kind, type[Cell]] = {
    Kind.TEXT: Cell,
    Kind.FLAG: FlagCell,
    Kind.VERDICT: VerdictCell,
    Kind.HOT: HotNumberCell,
    Kind.PROGRESS: ProgressCell,
    Kind.SPARK: SparkCell,
    Kind.MARGIN: MarginCell,
    Kind.TWO_LINES: TwoLineCell,
    Kind.INK: InkedCell,
    Kind.MODE: ModeCell,
}


@cache
def delegate(kind: Kind) -> Cell:
    """The one delegate of a kind; views do not own it."""
    return _CELLS[kind]()


__all__ = [
    "LOOKS",
    "Cell",
    "FlagCell",
    "HotNumberCell",
    "InkedCell",
    "Kind",
    "MarginCell",
    "Mark",
    "ModeCell",
    "ProgressCell",
    "Role",
    "SparkCell",
    "Trail",
    "TwoLineCell",
    "VerdictCell",
    "delegate",
    "mark_word",
    "mode_word",
    "sqrt_scale",
]
