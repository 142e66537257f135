"""A name with a smaller line under it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui.delegates.cell import Cell
from app.ui.delegates.ink import face
from app.ui.theme import SEMI_BOLD, color


class TwoLineCell(Cell):
    """value: the second line; the text is the first."""

    @override
    def draw(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        value: Any,
        align: Qt.AlignmentFlag,
        faint: bool,
    ) -> None:
        first, second = face("body", SEMI_BOLD), face("caption")
        top = box.y() + (box.height() - first.height - second.height - 1) // 2
        painter.setPen(color("faint" if faint else "text"))
        first.write(painter, QRect(box.x(), top, box.width(), first.height), text, align)
        painter.setPen(color("faint"))
        lower = QRect(box.x(), top + first.height + 1, box.width(), second.height)
        second.write(painter, lower, str(value or ""), align)
