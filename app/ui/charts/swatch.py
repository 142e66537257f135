"""The name of a series beside its colour."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets import label, row

_SIZE: Final = 10


class Swatch(QWidget):
    """A square in the colour of a series, and what the series is."""

    def __init__(self, series: int, words: str) -> None:
        """`series` counts from 0, as in the theme."""
        super().__init__()
        self.setLayout(row(_Square(series), label(words, "caption"), gap=6))


class _Square(QWidget):
    def __init__(self, series: int) -> None:
        super().__init__()
        self._series = series
        self.setFixedSize(QSize(_SIZE, _SIZE))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().series[self._series]))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        painter.end()
