"""The mode switch of the rules table, standing alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.domain.verdict import Mode
from app.locale import _
from app.ui.delegates.mode import mode_at, mode_word, next_mode, switch_height, switch_picture
from app.ui.theme import color, height
from app.ui.theme.tokens import RADIUS_FIELD

_WIDTH: Final = 150


class ModeSwitch(QWidget):
    """Enforce, Shadow or Off: by click, or by ←/→ while it has the focus."""

    chosen = Signal(Mode)
    """What the user chose; the switch already shows it."""

    def __init__(self, mode: Mode = Mode.ENFORCE) -> None:
        super().__init__()
        self._mode = mode
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def mode(self) -> Mode:
        """What it shows."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Show a mode without saying that it was chosen."""
        self._mode = mode
        self._say()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(height(_WIDTH), switch_height())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self._choose(mode_at(event.position().x(), self._mode, self.width()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._choose(next_mode(self._mode, steps))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, switch_picture(self._mode, self.width(), self.devicePixelRatioF()))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_FIELD, RADIUS_FIELD)
        painter.end()

    def _choose(self, mode: Mode) -> None:
        if mode is not self._mode:
            self.set_mode(mode)
            self.chosen.emit(mode)

    def _say(self) -> None:
        self.setAccessibleName(_("Mode: {mode}").format(mode=mode_word(self._mode)))
