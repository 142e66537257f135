"""A country's flag before an address."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from app.ui import icons
from app.ui.delegates.canvas import Box, Canvas
from app.ui.delegates.cell import Cell

_WORDS_AT = icons.FLAG_WIDTH + 7


class FlagCell(Cell):
    """value: a two-letter country code or None; text: what stands beside its flag."""

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
        picture = icons.flag(value, canvas.ratio)
        canvas.painter.drawPixmap(x, y + (height - icons.FLAG_HEIGHT + 1) // 2, picture)
        # Both ends of an address tell more than its beginning; a name begins with what matters.
        words = (x + _WORDS_AT, y, width - _WORDS_AT, height)
        canvas.write(words, text, align, middle=" " not in text)
