"""The delegate that all others are made from: the ground of a row, and one line of text on it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.ui.delegates.ink import LEFT, RIGHT, face
from app.ui.delegates.role import Role
from app.ui.theme import color

INSET = 8
"""Pixels between the edge of a cell and what is in it."""
BAR = 3
"""Width of the accent bar before the current and the selected rows."""


class Cell(QStyledItemDelegate):
    """Paints text; subclasses override `draw`.

    `TableView` calls `draw` itself with ready values. In any other view Qt calls `paint`, which looks the values up.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def draw(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        value: Any,  # noqa: ANN401, ARG002 - each delegate draws something else
        align: Qt.AlignmentFlag,
        faint: bool,  # noqa: FBT001 - one call per visible cell, so positional and no object made for it
    ) -> None:
        """Paint what is in the cell into `box`, the cell without its margins."""
        painter.setPen(color("faint" if faint else "text"))
        face().write(painter, box, text, align)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, color("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, color("raised"))
        align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or LEFT)
        side = RIGHT if align & RIGHT else LEFT
        text = str(index.data() or "")
        self.draw(
            painter,
            box.adjusted(INSET, 0, -INSET, -1),
            text,
            index.data(Role.EXTRA),
            side,
            bool(index.data(Role.FAINT)),
        )
        painter.restore()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        text = str(index.data() or "")
        return QSize(face().metrics.horizontalAdvance(text) + 2 * INSET, face().height + INSET)


def device_ratio(painter: QPainter) -> float:
    """The pixel ratio of what is painted on."""
    return painter.device().devicePixelRatioF()
