"""A sparkline: what the row's rate did lately."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.cell import Cell, device_ratio
from app.ui.delegates.role import Trail

_MARGIN = 5


class SparkCell(Cell):
    """value: a Trail; the text is for screen readers and copying only."""

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
        if isinstance(value, Trail):
            tall = box.height() - 2 * _MARGIN
            picture = ink.trail_picture(value, box.width(), tall, device_ratio(painter))
            painter.drawPixmap(box.x(), box.y() + _MARGIN, picture)
