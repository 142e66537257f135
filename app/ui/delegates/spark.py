"""A sparkline: what the row's rate did lately."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.canvas import Box, Canvas
from app.ui.delegates.cell import Cell
from app.ui.delegates.role import Trail

_MARGIN = 5


class SparkCell(Cell):
    """value: a Trail; the text is for screen readers and copying only."""

    @override
    def draw(
        self,
        canvas: Canvas,
        box: Box,
        text: str,
        value: Any,
        align: Qt.AlignmentFlag,
        faint: bool,
    ) -> None:
        if isinstance(value, Trail):
            x, y, width, height = box
            picture = ink.trail_picture(value, width, height - 2 * _MARGIN, canvas.ratio)
            canvas.painter.drawPixmap(x, y + _MARGIN, picture)
