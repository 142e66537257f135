"""A country's flag before an address."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui import icons
from app.ui.delegates.cell import Cell, device_ratio
from app.ui.delegates.ink import ELIDE_END, ELIDE_MIDDLE, face
from app.ui.theme import color

_GAP = 7


class FlagCell(Cell):
    """value: a two-letter country code or None; text: what stands beside its flag."""

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
        top = box.y() + (box.height() - icons.FLAG_HEIGHT + 1) // 2
        painter.drawPixmap(box.x(), top, icons.flag(value, device_ratio(painter)))
        painter.setPen(color("faint" if faint else "text"))
        # Both ends of an address tell more than its beginning; a name begins with what matters.
        elide = ELIDE_END if " " in text else ELIDE_MIDDLE
        words = box.adjusted(icons.FLAG_WIDTH + _GAP, 0, 0, 0)
        face().write(painter, words, text, align, elide)
