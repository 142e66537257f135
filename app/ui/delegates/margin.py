"""How near a measured value is to its threshold."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.cell import Cell, device_ratio

_BAR_HEIGHT = 14


class MarginCell(Cell):
    """value: measured / threshold, or None when nothing was measured; the text is spoken, not drawn."""

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
        if value is not None and box.width() > _BAR_HEIGHT:
            picture = ink.margin_bar(value, box.width(), device_ratio(painter))
            painter.drawPixmap(box.x(), box.y() + (box.height() - _BAR_HEIGHT + 1) // 2, picture)
