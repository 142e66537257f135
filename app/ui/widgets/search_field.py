"""The plain filter box over a table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit
from typing_extensions import override

from app.locale import _
from app.ui.theme import height
from app.ui.widgets.button import IconButton
from app.ui.widgets.layout import Picture, row, set_property

_HEIGHT: Final = 34


class SearchField(QFrame):
    """A magnifier, what is looked for, and a cross that empties it (Esc does too)."""

    changed = Signal(str)
    """The text without blanks around it, at each keystroke."""
    left = Signal()
    """Esc in the empty field, or ↓: the table should have the focus."""

    def __init__(self, hint: str) -> None:
        """`hint` says what can be looked for."""
        super().__init__()
        self.setProperty("role", "query")
        self.setFixedHeight(height(_HEIGHT))
        self._field = QLineEdit()
        self._field.setProperty("kind", "bare")
        self._field.setPlaceholderText(hint)
        self._field.setAccessibleName(hint)
        self._field.textChanged.connect(self._follow)
        self._field.installEventFilter(self)
        self._cross = IconButton("x", _("Clear"), flat=True)
        self._cross.clicked.connect(self.clear)
        self._cross.hide()
        self.setLayout(
            row(Picture("search", "faint"), self._field, self._cross, gap=8, margins=(10, 2, 4, 2))
        )
        self.setFocusProxy(self._field)

    @property
    def text(self) -> str:
        """What is looked for, without blanks around it."""
        return self._field.text().strip()

    def set_text(self, text: str) -> None:
        """Look for `text`."""
        self._field.setText(text)

    def clear(self) -> None:
        """Look for nothing."""
        self._field.clear()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.FocusIn | QEvent.Type.FocusOut:
                set_property(self, "focused", event.type() == QEvent.Type.FocusIn)
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape and self._field.text():
                    self.clear()
                    return True
                if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
                    self.left.emit()
                    return True
        return super().eventFilter(watched, event)

    def _follow(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self.changed.emit(text.strip())
