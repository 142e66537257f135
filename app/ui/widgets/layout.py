"""Rows, columns, labels and frames, so that pages read like what they show."""

from __future__ import annotations

from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, QMargins, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.ui import icons
from app.ui.theme import font
from app.ui.theme.tokens import SPACE_2, SPACE_3, SPACE_4

Item = QWidget | QLayout | int | None
"""What stands in a row or column: a number is a gap in pixels, None takes the space that is left."""
LabelRole = Literal[
    "", "muted", "faint", "caption", "section", "title", "figure", "strong", "error"
]
FrameRole = Literal[
    "bar",
    "status",
    "card",
    "picked",
    "pane",
    "surface",
    "rule",
    "post",
    "token",
    "warn",
    "bad",
    "shadow",
    "good",
    "undo",
    "",
]
Margins = tuple[int, int, int, int]
_NONE: Margins = (0, 0, 0, 0)
Box = TypeVar("Box", QHBoxLayout, QVBoxLayout)


def row(*items: Item, gap: int = SPACE_2, margins: Margins = _NONE) -> QHBoxLayout:
    """Items from left to right; margins are left, top, right, bottom."""
    return _fill(QHBoxLayout(), items, gap, margins)


def column(*items: Item, gap: int = SPACE_2, margins: Margins = _NONE) -> QVBoxLayout:
    """Items from top to bottom; margins are left, top, right, bottom."""
    return _fill(QVBoxLayout(), items, gap, margins)


def label(
    words: str = "",
    role: LabelRole = "",
    *,
    wrap: bool = False,
    tabular: bool = False,
    selectable: bool = False,
) -> QLabel:
    """Plain text, never mark-up: much of what we show was written by strangers.

    `tabular` keeps numbers still while they change.
    """
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(words)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if tabular:
        made.setFont(font(tabular=True))
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Give a label or frame another role: its look follows."""
    set_property(widget, "role", role)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Picture(QLabel):
    """An icon that follows the theme; decoration unless it has a `name` for screen readers."""

    def __init__(self, icon: str, color: str = "muted", size: int = 16, *, name: str = "") -> None:
        super().__init__()
        self._icon, self._color, self._size = icon, color, size
        self.setFixedWidth(size)
        self.setAccessibleName(name)
        self._draw()

    def set(self, icon: str, color: str) -> None:
        """Show another icon or colour."""
        if (icon, color) != (self._icon, self._color):
            self._icon, self._color = icon, color
            self._draw()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self.setPixmap(icons.pixmap(self._icon, self._color, self._size, self.devicePixelRatioF()))


def frame(role: FrameRole, layout: QLayout) -> QFrame:
    """A ground for `layout`, dressed by the style sheet."""
    made = QFrame()
    made.setProperty("role", role)
    made.setLayout(layout)
    return made


def card(
    title: str, *items: Item, side: QWidget | None = None, gap: int = SPACE_2, table: bool = False
) -> QFrame:
    """A titled card, `side` at the right of its title.

    With `table` its body reaches 8 px further out, where a table's cells have margins of their own.
    """
    inset = SPACE_2 if table else 0
    head = row(label(title, "section"), None, side or 0, margins=(inset, 0, inset, 0))
    across = SPACE_4 - inset
    return frame("card", column(head, *items, gap=gap, margins=(across, SPACE_3, across, SPACE_3)))


def section_title(words: str, *side: Item) -> QHBoxLayout:
    """A heading within a page, with what stands at its right."""
    return row(label(words, "section"), None, *side)


def divider(*, upright: bool = False) -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("role", "post" if upright else "rule")
    return made


def splitter(
    orientation: Qt.Orientation, *widgets: QWidget, sizes: tuple[int, ...] = ()
) -> QSplitter:
    """Areas that share the room; the line between them is one pixel, five to grab."""
    made = QSplitter(orientation)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    for widget in widgets:
        made.addWidget(widget)
    if sizes:
        made.setSizes(list(sizes))
    return made


def scrolled(content: QWidget, *, across: bool = False) -> QScrollArea:
    """`content` with a scroll bar when it is too high; with `across`, also when it is too wide."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    if not across:
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setProperty("role", "scrolled")
    made.setWidget(content)
    return made


def clear(layout: QBoxLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if isinstance(inner, QBoxLayout):
            clear(inner)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _fill(layout: Box, items: tuple[Item, ...], gap: int, margins: Margins) -> Box:
    layout.setSpacing(gap)
    layout.setContentsMargins(QMargins(*margins))
    for item in items:
        match item:
            case None:
                layout.addStretch(1)
            case int():
                layout.addSpacing(item)
            case QWidget():
                layout.addWidget(item)
            case _:
                layout.addLayout(item)
    return layout
