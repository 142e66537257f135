"""What a peer claims to have, beside what it must have from us alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.ui.delegates import ink
from app.ui.delegates.cell import Cell, device_ratio
from app.ui.delegates.ink import RIGHT, face
from app.ui.theme import color

_GAP = 6
_BAR_HEIGHT = 14
_WIDEST = "100.0 %"


class ProgressCell(Cell):
    """value: (claimed, delivered or None), shares 0 to 1; text: the claim as a percentage."""

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
        painter.setPen(color("faint" if faint else "text"))
        face().write(painter, box, text, RIGHT)
        wide = box.width() - face().fit(_WIDEST, 1000)[1] - _GAP
        if value is None or wide < _BAR_HEIGHT:
            return
        claimed, delivered = value
        picture = ink.progress_bar(claimed, delivered, wide, device_ratio(painter), faint=faint)
        painter.drawPixmap(box.x(), box.y() + (box.height() - _BAR_HEIGHT + 1) // 2, picture)
