"""How near a measured value is to its threshold."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.canvas import Box, Canvas
from app.ui.delegates.cell import Cell

_BAR_HEIGHT = 14


class MarginCell(Cell):
    """value: measured / threshold, or None when nothing was measured; the text is spoken, not drawn."""

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
        x, y, width, height = box
        if value is not None and width > _BAR_HEIGHT:
            picture = ink.margin_bar(value, width, canvas.ratio)
            canvas.painter.drawPixmap(x, y + (height - _BAR_HEIGHT + 1) // 2, picture)
