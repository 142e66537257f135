"""A number that says when it is beyond its limit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui import icons
from app.ui.delegates.canvas import RIGHT, Box, Canvas, face
from app.ui.delegates.cell import Cell
from app.ui.theme import SEMI_BOLD

_ARROW = 12


class HotNumberCell(Cell):
    """value: true when beyond the limit; the number is then bold, coloured and marked with an arrow."""

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
        if not value:
            canvas.write(box, text, RIGHT)
            return
        x, y, width, height = box
        bold = face("body", SEMI_BOLD)
        left = max(x, x + width - bold.width(text) - _ARROW - 4)
        arrow = icons.pixmap("arrow-up", "bad", _ARROW, canvas.ratio)
        canvas.painter.drawPixmap(left, y + (height - _ARROW + 1) // 2, arrow)
        canvas.write_in(bold, "bad", box, text, RIGHT)
