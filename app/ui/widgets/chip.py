"""A verdict chip standing alone, and the row of quick filters over a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.mark import Mark, mark_word
from app.ui.format import count as grouped
from app.ui.theme import height
from app.ui.widgets.button import Button, ButtonKind
from app.ui.widgets.layout import row

_HEIGHT: Final = 26


class Chip(QWidget):
    """Icon and word of a mark; `words` says more than the mark's own word."""

    def __init__(self, mark: Mark, words: str = "") -> None:
        super().__init__()
        self._mark, self._words = mark, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(mark, words)

    def set(self, mark: Mark, words: str = "") -> None:
        """Show another mark."""
        self._mark, self._words = mark, words or mark_word(mark)
        self.setAccessibleName(self._words)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(ink.chip_width(self._mark, self._words), height(_HEIGHT))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        picture = ink.chip(
            self._mark, self._words, self.width(), self.height(), self.devicePixelRatioF()
        )
        painter.drawPixmap(0, 0, picture)
        painter.end()


class QuickFilters(QWidget):
    """One of several views of a table, each with its count; ←/→ go from one to the next."""

    chosen = Signal(str)
    """The key of the filter the user chose."""

    def __init__(self, filters: Sequence[tuple[str, str]]) -> None:
        """`filters` are keys and translated names; the first is chosen."""
        super().__init__()
        self._names = dict(filters)
        self._buttons: dict[str, Button] = {}
        for key, name in filters:
            button = Button(name, kind=ButtonKind.TAB)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.toggled.connect(lambda on, key=key: self.chosen.emit(key) if on else None)
            self._buttons[key] = button
        first = next(iter(self._buttons.values()), None)
        if first is not None:
            first.setChecked(True)
        self.setLayout(row(*self._buttons.values(), gap=2))

    @property
    def current(self) -> str:
        """The key of the filter in force."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose a filter as the user would."""
        self._buttons[key].setChecked(True)

    def set_count(self, key: str, count: int | None) -> None:
        """Show how many rows a filter lets through; None for no number."""
        name = self._names[key]
        self._buttons[key].set_words(name if count is None else f"{name} {grouped(count)}")
