"""The delegate that all others are made from: the ground of a row, and one line of text on it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.ui.delegates.canvas import LEFT, RIGHT, Box, Canvas, face
from app.ui.delegates.role import Kept, Role
from app.ui.theme import color

INSET = 8
"""Pixels between the edge of a cell and what is in it."""
BAR = 3
"""Width of the accent bar before the current and the selected rows."""


class Cell(QStyledItemDelegate):
    """Paints text; subclasses override `draw`.

    `TableView` calls `draw` itself with ready values. In any other view Qt calls `paint`, which looks the values up.
    """

    def draw(
        self,
        canvas: Canvas,
        box: Box,
        text: str,
        value: Any,  # noqa: ANN401, ARG002 - each delegate draws something else
        align: Qt.AlignmentFlag,
        faint: bool,  # noqa: ARG002, FBT001 - one call per visible cell, so positional and no object made for it
    ) -> None:
        """Paint what is in the cell into `box`, the cell without its margins.

        The painter comes with the row's pen and the body font, and is left with them.
        """
        canvas.write(box, text, align)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("raised"))
        align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or LEFT)
        faint = bool(index.data(Role.FAINT))
        canvas = Canvas(painter)
        canvas.begin_row(faint=faint)
        box = (rect.x() + INSET, rect.y(), rect.width() - 2 * INSET, rect.height() - 1)
        side = RIGHT if align & RIGHT else LEFT
        extra = index.data(Role.EXTRA)
        value = extra.value if isinstance(extra, Kept) else extra
        self.draw(canvas, box, str(index.data() or ""), value, side, faint)
        painter.restore()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(face().width(str(index.data() or "")) + 2 * INSET, face().height + INSET)
