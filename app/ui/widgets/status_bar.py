"""The line at the foot of the window; each of its parts is a button to the page behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QFrame, QPushButton
from typing_extensions import override

from app.ui import icons
from app.ui.theme import font, height
from app.ui.theme.tokens import STATUS
from app.ui.widgets.layout import row


class StatusPart(QPushButton):
    """Icon and a few words; connect `clicked` to where it leads."""

    def __init__(
        self, icon: str = "", words: str = "", *, color: str = "muted", quiet: bool = False
    ) -> None:
        super().__init__()
        self._icon, self._color = icon, color
        self.setProperty("kind", "status")
        self.setProperty("quiet", quiet)
        self.setFont(font(tabular=True))
        self.setIconSize(QSize(14, 14))
        self.set(words, icon=icon, color=color)

    def set(self, words: str, *, icon: str | None = None, color: str | None = None) -> None:
        """Say something else; icon and colour stay when not given."""
        self._icon = self._icon if icon is None else icon
        self._color = self._color if color is None else color
        self.setText(f" {words}" if self._icon else words)
        self.setAccessibleName(words)
        self._tint()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        if self._icon:
            self.setIcon(icons.icon(self._icon, self._color, 14))


class StatusBar(QFrame):
    """Parts from the left, then from the right."""

    def __init__(self, left: tuple[StatusPart, ...], right: tuple[StatusPart, ...] = ()) -> None:
        super().__init__()
        self.setProperty("role", "status")
        self.setFixedHeight(height(STATUS))
        self.setLayout(row(*left, None, *right, gap=4, margins=(8, 1, 8, 0)))
