"""What a peer claims to have, beside what it must have from us alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.canvas import RIGHT, Box, Canvas, face
from app.ui.delegates.cell import Cell

_GAP = 6
_BAR_HEIGHT = 14
_WIDEST = "100.0 %"


class ProgressCell(Cell):
    """value: (claimed, delivered or None), shares 0 to 1; text: the claim as a percentage."""

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
        canvas.write(box, text, RIGHT)
        wide = width - face().width(_WIDEST) - _GAP
        if value is None or wide < _BAR_HEIGHT:
            return
        claimed, delivered = value
        picture = ink.progress_bar(claimed, delivered, wide, canvas.ratio, faint=faint)
        canvas.painter.drawPixmap(x, y + (height - _BAR_HEIGHT + 1) // 2, picture)
