"""What all pages have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui.desk import Desk
from app.ui.widgets import Tone


@dataclass(frozen=True, slots=True)
class Remark:
    """What a page has to say at its top; the window shows at most one."""

    tone: Tone
    icon: str
    words: str
    buttons: Sequence[tuple[str, Callable[[], object]]] = field(default=(), compare=False)
    """At most two: what it says, and what a click does. Equal words are an equal remark."""


class Page(QWidget):
    """A page of the window. Subclasses are made as `XPage(desk)` and override what they need."""

    key: str
    """Names the page for `desk.navigate` and in what is remembered."""
    icon: str

    count_changed = Signal(str)
    """The number beside the page's name in the tab; empty for none."""
    remark_changed = Signal()

    def __init__(self, desk: Desk, title: str) -> None:
        """`title` is the translated name, which the tab shows."""
        super().__init__()
        self.desk = desk
        self.title = title
        self._remark: Remark | None = None
        self._told_count = ""
        self.visited = False
        """Whether it was ever in sight: until then its sizes mean nothing."""
        self.count_changed.connect(self._note_count)
        self.setAccessibleName(title)

    @property
    def count(self) -> str:
        """What `count_changed` said last."""
        return self._told_count

    @property
    def remark(self) -> Remark | None:
        """What it says at its top."""
        return self._remark

    def say(self, remark: Remark | None) -> None:
        """Say something at the top of this page, or nothing any more."""
        if remark != self._remark:
            self._remark = remark
            self.remark_changed.emit()

    def look_for(self, text: str) -> None:
        """Somebody came here for `text`: put it into the filter box; empty for no filter."""

    def focus_search(self) -> None:
        """Ctrl+F: give the filter box the focus."""

    def on_shown(self) -> None:
        """The page came into sight."""

    def on_hidden(self) -> None:
        """The page went out of sight: stop timers."""

    def saved(self) -> dict[str, Any]:
        """What to remember, as JSON values."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `saved` gave. It comes from a file: pass over what makes no sense."""

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.visited = True
        self.on_shown()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.on_hidden()

    def _note_count(self, words: str) -> None:
        self._told_count = words
