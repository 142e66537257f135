"""Buttons: with words, with an icon alone, and what opens a menu."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget
from typing_extensions import override

from app.ui import icons


class ButtonKind(StrEnum):
    """How much a button wants to be pressed."""

    PRIMARY = "primary"
    """The one thing this page or dialog is for; at most one in sight."""
    PLAIN = "plain"
    FLAT = "flat"
    """No outline until the pointer is over it."""
    LINK = "link"
    """Leads elsewhere."""
    TAB = "tab"
    """A quick filter; checkable."""


_INK: Final = {ButtonKind.PRIMARY: "on_accent", ButtonKind.LINK: "accent"}
_ICON: Final = QSize(16, 16)


class Button(QPushButton):
    """A button with a verb, perhaps after an icon; `menu` puts an arrow behind the words and opens on a click."""

    def __init__(
        self,
        words: str,
        *,
        icon: str = "",
        kind: ButtonKind = ButtonKind.PLAIN,
        menu: QMenu | None = None,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._icon = "chevron-down" if menu is not None else icon
        self.setProperty("kind", kind.value)
        self.setIconSize(_ICON)
        self.setToolTip(tip)
        if menu is not None:
            # The icon stands behind the words; Qt has no other switch for that.
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            self.setMenu(_owned(menu, self))
        self.set_words(words)
        self._tint()

    def set_words(self, words: str) -> None:
        """Say something else."""
        self.setAccessibleName(words)
        gap = " " if self._icon else ""
        self.setText(f"{words}{gap}" if self.menu() is not None else f"{gap}{words}")

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self._tint()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        if self._icon:
            self.setIcon(icons.icon(self._icon, _INK.get(self._kind, "text")))


class IconButton(QToolButton):
    """A button without words: `name` is its tool tip and what a screen reader says."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        flat: bool = False,
        menu: QMenu | None = None,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setIconSize(_ICON)
        self.setProperty("kind", "flat" if flat else "icon")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCheckable(checkable)
        if menu is not None:
            self.setMenu(_owned(menu, self))
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.set_name(name)
        self._tint()

    def set_name(self, name: str) -> None:
        """Say something else."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self._tint()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icons.icon(self._icon, "muted"))


def _owned(menu: QMenu, button: QWidget) -> QMenu:
    """`menu`, as a child of its button when it has no parent: Qt's setMenu leaves that to us."""
    if menu.parent() is None:
        menu.setParent(button, menu.windowFlags())
    return menu
