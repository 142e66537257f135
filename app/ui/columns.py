"""What one column of a table shows, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt

from app.locale import _
from app.ui.delegates.role import Kind

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight

T = TypeVar("T")


# No slots: on Python 3.11 `Column[Peer](…)` fails with them (generic, frozen and slotted at once).
@dataclass(frozen=True, kw_only=True)
class Column(Generic[T]):
    """One column over rows of type T; its functions are called once per change of a row that is looked at."""

    key: str
    """Names the column in saved states; never shown."""
    title: str
    """Message id of the header, marked with N_(); looked up when shown. Empty for no header."""
    text: Callable[[T], str]
    """What people read, copy and export."""
    width: int = 100
    align: Qt.AlignmentFlag = LEFT
    sort: Callable[[T], Any] | None = None
    """What to sort by, None for unknown (always last); without it the column sorts by its text."""
    falling: bool = False
    """The first click on the header sorts the largest first: right for amounts."""
    kind: Kind = Kind.TEXT
    value: Callable[[T], Any] | None = None
    """What the delegate draws beside the text; `Kind` says of which type."""
    tip: Callable[[T], str] | None = None
    """Tool tip; without it a text that does not fit is its own tool tip."""
    spoken: Callable[[T], str] | None = None
    """What a screen reader says instead of the text: `Progress 2.1 %, had at least 100 % from us`."""
    hint: str = ""
    """Message id of the header's tool tip, marked with N_()."""
    shown: bool = True
    """Whether it is shown until the user chooses otherwise."""
    stretch: bool = False
    """Takes the width that is left; at most one of a table."""
    least: int = 90
    """Of a column that stretches: before it gets narrower than this, the table scrolls."""

    @property
    def heading(self) -> str:
        """The title in the language in force."""
        return _(self.title) if self.title else ""

    def sort_key(self, row: T) -> Any:  # noqa: ANN401 - whatever the column compares
        """What to sort `row` by."""
        return self.sort(row) if self.sort is not None else self.text(row).casefold()
