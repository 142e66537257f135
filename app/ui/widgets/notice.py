"""One line at the top of a page that says what is wrong or new, and what the user can do about it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy

from app.ui.widgets.layout import Picture, label, row, set_role


class Tone(StrEnum):
    """How urgent a notice is; the worst one of a page wins."""

    GOOD = "good"
    SHADOW = "shadow"
    WARN = "warn"
    BAD = "bad"


class Notice(QFrame):
    """Icon, sentence, at most two buttons. Never more than one per page."""

    def __init__(self, tone: Tone, icon: str, words: str, *buttons: QPushButton) -> None:
        super().__init__()
        self._picture = Picture(icon, tone.value)
        self._label = label(words, wrap=True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = row(self._picture, self._label, *buttons, gap=10, margins=(12, 6, 12, 6))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.set(tone, icon, words)

    def set(self, tone: Tone, icon: str, words: str) -> None:
        """Say something else."""
        set_role(self, tone.value)
        self._picture.set(icon, tone.value)
        self._label.setText(words)
        self.setAccessibleName(words)
