"""Pairs of a name and a value, one a line; a value that is too long ends in dots and is whole in its tool tip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from app.ui.format import plain, tool_tip
from app.ui.theme.tokens import SPACE_1, SPACE_3
from app.ui.widgets import label


class Elided(QLabel):
    """One line of text that may be cut at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, words: str) -> None:
        """Show `words`, which strangers may have written."""
        words = plain(words)
        if words != self.text():
            self.setText(words)
            self.setToolTip(tool_tip(words))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words
        )
        painter.end()


class Facts(QWidget):
    """A grid of names and values; lines without a value are left out."""

    def __init__(self, names: Sequence[tuple[str, str]], name_width: int = 96) -> None:
        """`names` are keys and translated names."""
        super().__init__()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_3)
        grid.setVerticalSpacing(SPACE_1)
        grid.setColumnMinimumWidth(0, name_width)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, tuple[QLabel, Elided]] = {}
        for place, (key, name) in enumerate(names):
            words, value = label(name, "muted"), Elided()
            value.setAccessibleName(name)
            grid.addWidget(words, place, 0)
            grid.addWidget(value, place, 1)
            self._lines[key] = (words, value)
        grid.setRowStretch(len(names), 1)
        self.setLayout(grid)

    def set(self, key: str, words: str) -> None:
        """Show a value; without words the line goes."""
        name, value = self._lines[key]
        value.say(words)
        value.setAccessibleName(f"{name.text()}: {value.text()}")
        name.setVisible(bool(words))
        value.setVisible(bool(words))

    def tell(self, key: str, words: str) -> None:
        """Say more about a value in its tool tip."""
        self._lines[key][1].setToolTip(tool_tip(words))

    def value(self, key: str) -> str:
        """What a line shows."""
        return self._lines[key][1].text()
