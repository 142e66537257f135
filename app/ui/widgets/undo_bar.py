"""The bar that says what was done and offers to undo it, instead of a question beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QEvent, QPropertyAnimation, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QPushButton,
    QSizePolicy,
    QStyle,
    QWidget,
)
from typing_extensions import override

from app.locale import _
from app.ui.widgets.layout import Picture, label, row

_SHOWN_MS: Final = 10_000
_FADE_MS: Final = 120


class UndoBar(QFrame):
    """Stays 10 s, and as long as the pointer or the focus is in it; the action stays undoable afterwards."""

    closed = Signal()
    """It went away, undone or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "undo")
        self._undo: Callable[[], object] | None = None
        self._more: Callable[[], object] | None = None
        self._words = label("", wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        shortcut = QKeySequence(QKeySequence.StandardKey.Undo).toString(
            QKeySequence.SequenceFormat.NativeText
        )
        self._more_button = QPushButton()
        self._more_button.clicked.connect(self._change)
        self._undo_button = QPushButton(_("Undo ({shortcut})").format(shortcut=shortcut))
        self._undo_button.clicked.connect(self.undo)
        layout = row(
            Picture("undo-2", "surface"),
            self._words,
            self._more_button,
            self._undo_button,
            margins=(14, 7, 8, 7),
            gap=10,
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._expire)
        for button in (self._more_button, self._undo_button):
            button.installEventFilter(self)
        self.hide()

    def offer(
        self,
        words: str,
        undo: Callable[[], object],
        *,
        change: Callable[[], object] | None = None,
        change_words: str = "",
    ) -> None:
        """Say what was done; `undo` takes it back, `change` (named by `change_words`) does something else to it."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self._undo, self._more = undo, change
        self._more_button.setText(change_words or _("Change scope"))
        self._more_button.setVisible(change is not None)
        self._timer.start()
        self.show()
        self._fade_in()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo: for Ctrl+Z, which outlives the bar."""
        return self._undo is not None

    def undo(self) -> None:
        """Take back what was done last, also when the bar is gone; nothing when there is nothing."""
        work, self._undo, self._more = self._undo, None, None
        self._close()
        if work is not None:
            work()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._restart()

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._restart()
        return super().eventFilter(watched, event)  # type: ignore[arg-type] # always a QObject

    def _change(self) -> None:
        work = self._more
        self._close()
        if work is not None:
            work()

    def _restart(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _expire(self) -> None:
        if self.underMouse() or self._undo_button.hasFocus() or self._more_button.hasFocus():
            self._timer.start()
        else:
            self._close()

    def _close(self) -> None:
        self._timer.stop()
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _fade_in(self) -> None:
        # A system that asks for less motion answers 0 here.
        if not self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self):
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setDuration(_FADE_MS)
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        # An effect costs a copy of the widget per paint: it goes as soon as it is done, and its animation with it.
        fade.finished.connect(effect.deleteLater)
        fade.start()
