"""A number that says when it is beyond its limit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui import icons
from app.ui.delegates.cell import Cell, device_ratio
from app.ui.delegates.ink import RIGHT, face
from app.ui.theme import SEMI_BOLD, color

_ARROW = 12


class HotNumberCell(Cell):
    """value: true when beyond the limit; the number is then bold, coloured and marked with an arrow."""

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
        if not value:
            super().draw(painter, box, text, value, RIGHT, faint)
            return
        bold = face("body", SEMI_BOLD)
        _words, taken = bold.fit(text, box.width())
        arrow = icons.pixmap("arrow-up", "bad", _ARROW, device_ratio(painter))
        x = max(box.x(), box.right() - taken - _ARROW - 3)
        painter.drawPixmap(x, box.y() + (box.height() - _ARROW + 1) // 2, arrow)
        painter.setPen(color("bad"))
        bold.write(painter, box, text, RIGHT)
