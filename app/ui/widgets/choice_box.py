"""A box that unfolds a list of choices, of which one is taken."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox
from typing_extensions import override


class ChoiceBox(QComboBox):
    """Takes the wheel only after a click: who scrolls a form past it changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        # Else the wheel itself would give it the focus.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, e: QWheelEvent) -> None:
        """Leave it to the form around while the box has no focus."""
        if self.hasFocus():
            super().wheelEvent(e)
        else:
            e.ignore()
