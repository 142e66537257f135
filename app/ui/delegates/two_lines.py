"""A name with a smaller line under it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates.canvas import Box, Canvas, face
from app.ui.delegates.cell import Cell
from app.ui.theme import SEMI_BOLD


class TwoLineCell(Cell):
    """value: the second line; the text is the first."""

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
        first, second = face("body", SEMI_BOLD), face("caption")
        top = y + (height - first.height - second.height - 1) // 2
        canvas.write_in(first, "", (x, top, width, first.height), text, align)
        lower = (x, top + first.height + 1, width, second.height)
        canvas.write_in(second, "faint", lower, str(value or ""), align)
