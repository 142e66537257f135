"""Draws the tray icon: form, not colour, says how things are."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen

from app.ui import icons
from app.ui.theme import color

_GRID: Final = 24
_SIZES: Final = (16, 20, 22, 24, 32, 48, 64)


class TrayState(StrEnum):
    """What the icon says."""

    PROTECTING = "protecting"
    """A filled shield."""
    PAUSED = "paused"
    """Two bars in the outline of a shield."""
    NEEDS_YOU = "needs you"
    """A filled shield with a dot."""
    IDLE = "idle"
    """The outline alone: no downloader is watched."""


def tray_icon(state: TrayState) -> QIcon:
    """The icon of `state` in all sizes that trays use; on macOS a template that the system colours itself."""
    made = QIcon()
    for size in _SIZES:
        drawn = icons.canvas(size, size, 1.0)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / _GRID, size / _GRID)
        _draw(painter, state)
        painter.end()
        made.addPixmap(drawn)
    if sys.platform == "darwin":
        made.setIsMask(True)
    return made


def shield_path() -> QPainterPath:
    """The outline of the shield on a grid of 24."""
    path = QPainterPath(QPointF(12, 2))
    path.cubicTo(14.2, 3.9, 16.9, 5, 19.2, 5)
    path.cubicTo(19.7, 5, 20, 5.4, 20, 5.8)
    path.lineTo(20, 12.6)
    path.cubicTo(20, 17.4, 16.6, 20.4, 12, 22)
    path.cubicTo(7.4, 20.4, 4, 17.4, 4, 12.6)
    path.lineTo(4, 5.8)
    path.cubicTo(4, 5.4, 4.3, 5, 4.8, 5)
    path.cubicTo(7.1, 5, 9.8, 3.9, 12, 2)
    path.closeSubpath()
    return path


def _draw(painter: QPainter, state: TrayState) -> None:
    ink = color("accent")
    filled = state in (TrayState.PROTECTING, TrayState.NEEDS_YOU)
    painter.setPen(
        QPen(ink, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(ink if filled else QColor(Qt.GlobalColor.transparent))
    painter.drawPath(shield_path())
    match state:
        case TrayState.PROTECTING:
            painter.setPen(
                QPen(color("on_accent"), 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.drawPolyline([QPointF(8.4, 12.2), QPointF(11, 14.8), QPointF(15.8, 9.6)])
        case TrayState.PAUSED:
            painter.fillRect(QRectF(8.6, 8, 2.4, 8), ink)
            painter.fillRect(QRectF(13, 8, 2.4, 8), ink)
        case TrayState.NEEDS_YOU:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.drawEllipse(QPointF(18.5, 5.5), 6, 6)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("bad"))
            painter.drawEllipse(QPointF(18.5, 5.5), 4.4, 4.4)
