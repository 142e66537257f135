"""The sparkline of the tables, standing alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.delegates.ink import spark


class SparkLine(QWidget):
    """A line over a soft area; what it shows must also be said in words (`setAccessibleName`)."""

    def __init__(self, width: int = 96, height: int = 34, *, color: str = "accent") -> None:
        """`color` is a token."""
        super().__init__()
        self._samples: Sequence[float] = ()
        self._color = color
        self._size = QSize(width, height)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_samples(self, samples: Sequence[float], *, color: str | None = None) -> None:
        """Show samples from 0 to 1, oldest first (`delegates.sqrt_scale`)."""
        self._samples = samples
        self._color = self._color if color is None else color
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return self._size

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        spark(painter, QRectF(self.rect()).adjusted(0, 2, 0, -2), self._samples, self._color)
        painter.end()
