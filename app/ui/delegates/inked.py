"""One line of text in a colour of its own, where a word says the same as the colour."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates.canvas import Box, Canvas, face
from app.ui.delegates.cell import Cell


class InkedCell(Cell):
    """value: a token, empty for the row's own colour."""

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
        canvas.write_in(face(), str(value or ""), box, text, align)
