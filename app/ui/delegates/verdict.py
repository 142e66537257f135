"""A verdict or a state as a chip."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.cell import Cell, device_ratio
from app.ui.delegates.mark import Mark
from app.ui.theme import height

_CHIP_HEIGHT = 20


class VerdictCell(Cell):
    """value: a Mark; text: its word, or more than it, such as `Ban 30 d`."""

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
        if not isinstance(value, Mark):
            super().draw(painter, box, text, value, align, faint)
            return
        tall = min(height(_CHIP_HEIGHT), box.height())
        picture = ink.chip(value, text, box.width(), tall, device_ratio(painter))
        painter.drawPixmap(box.x(), box.y() + (box.height() - tall) // 2, picture)
