"""What a page shows instead of an empty table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.theme import height
from app.ui.widgets.layout import Picture, column, label, row

_WIDTH: Final = 460
_ICON: Final = 48


class EmptyState(QWidget):
    """What would be here, why it is not, and what to do. For `TableView.set_empty`, or a page of its own."""

    def __init__(self, icon: str, title: str, words: str, *buttons: QPushButton) -> None:
        super().__init__()
        self._picture = Picture(icon, "faint", _ICON)
        self._title = label(title, "title")
        self._words = label(words, "muted", wrap=True)
        self._words.setFixedWidth(height(_WIDTH))
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(
            column(
                None,
                row(None, self._picture, None),
                4,
                row(None, self._title, None),
                row(None, self._words, None),
                6,
                row(None, *buttons, None),
                None,
            )
        )

    def set(self, icon: str, title: str, words: str) -> None:
        """Say something else."""
        self._picture.set(icon, "faint")
        self._title.setText(title)
        self._words.setText(words)
