"""A verdict or a state as a chip."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.canvas import Box, Canvas
from app.ui.delegates.cell import Cell
from app.ui.delegates.mark import Mark
from app.ui.theme import height as grown

_CHIP_HEIGHT = 20


class VerdictCell(Cell):
    """value: a Mark; text: its word, or more than it, such as `Ban 30 d`."""

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
        if not isinstance(value, Mark):
            canvas.write(box, text, align)
            return
        x, y, width, height = box
        tall = min(grown(_CHIP_HEIGHT), height)
        picture = ink.chip(value, text, width, tall, canvas.ratio)
        canvas.painter.drawPixmap(x, y + (height - tall) // 2, picture)
