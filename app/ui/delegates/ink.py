"""Drawing that cells and widgets share; fonts, elided words and pictures are made once per theme and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from app.ui import icons
from app.ui.delegates.canvas import Face, face
from app.ui.delegates.mark import LOOKS, Mark
from app.ui.delegates.role import Trail
from app.ui.theme import MEDIUM, NORMAL, color, on_change
from app.ui.theme.tokens import RADIUS_CHIP

_TRACK: Final = 6
_TICK: Final = 14
_TOLERANCE: Final = 2
"""Pixels by which a tick may stand beyond the bar before it counts."""
_FLAT: Final = 0.01


def chip(mark: Mark, text: str, width: int, height: int, ratio: float) -> QPixmap:
    """A verdict at most `width` wide: icon and word, on a ground when it asks for attention."""
    return _chip(mark, text, width, height, ratio)


def chip_width(mark: Mark, text: str) -> int:
    """The width that a chip takes when nothing limits it."""
    return _chip_face(mark).width(text) + 31


def progress_bar(
    claimed: float, delivered: float | None, width: int, ratio: float, *, faint: bool = False
) -> QPixmap:
    """A bar of what is claimed, a tick at what was delivered; the part in between is hatched.

    It is `width` by 14 pixels.
    """
    # Whole device pixels are all that can be seen, and make nearly every bar one that is already drawn.
    end = round(min(max(claimed, 0.0), 1.0) * width * ratio)
    tick = (
        -1
        if delivered is None or delivered <= _FLAT
        else round(min(delivered, 1.0) * width * ratio)
    )
    return _progress(end, tick, width, ratio, faint)


def margin_bar(share: float, width: int, ratio: float) -> QPixmap:
    """Measured / threshold; the threshold stands in the middle, full means twice the threshold or more."""
    return _margin(round(min(max(share, 0.0), 2.0) / 2 * width * ratio), share > 1, width, ratio)


def trail_picture(trail: Trail, width: int, height: int, ratio: float) -> QPixmap:
    """A sparkline, kept by its owner and number."""
    key = (trail.owner, trail.number, width, height, ratio)
    drawn = _trails.get(key)
    if drawn is None:
        drawn = icons.canvas(width, height, ratio)
        painter = QPainter(drawn)
        spark(painter, QRectF(0, 1, width, height - 2), trail.samples)
        painter.end()
        if len(_trails) >= _TRAILS_KEPT:
            del _trails[next(iter(_trails))]
        _trails[key] = drawn
    return drawn


def spark(painter: QPainter, box: QRectF, samples: Sequence[float], ink: str = "accent") -> None:
    """A line over a soft area in the token `ink`; samples run from 0 to 1, nothing at all is a base line."""
    if len(samples) < 2 or max(samples) < _FLAT:  # noqa: PLR2004 - a line needs two points
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), color("line_strong"))
        return
    left, foot = box.left(), box.bottom() - 0.5
    step, tall = box.width() / (len(samples) - 1), box.height() - 1
    points = [QPointF(left + i * step, foot - value * tall) for i, value in enumerate(samples)]
    ground = QColor(color(ink))
    ground.setAlphaF(0.14)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    # A rough edge cannot be seen under the line, and costs a tenth of a smooth one.
    painter.drawPolygon(QPolygonF([box.bottomLeft(), *points, box.bottomRight()]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Qt draws lines of one device pixel ten times faster than wider ones: so several, side by side.
    pen = QPen(color(ink), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line, ratio = QPolygonF(points), painter.device().devicePixelRatioF()
    for _strand in range(round(_LINE_WIDTH * ratio)):
        painter.drawPolyline(line)
        line.translate(0, -1 / ratio)


_LINE_WIDTH: Final = 1.3
_TRAILS_KEPT: Final = 512
_trails: dict[tuple[object, ...], QPixmap] = {}


def _chip_face(mark: Mark) -> Face:
    return face(weight=MEDIUM if LOOKS[mark].ground else NORMAL)


@lru_cache(maxsize=512)
def _chip(mark: Mark, text: str, width: int, height: int, ratio: float) -> QPixmap:
    look, words = LOOKS[mark], _chip_face(mark)
    wide = min(chip_width(mark, text), width)
    drawn = icons.canvas(wide, height, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if look.ground:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(look.ground))
        painter.drawRoundedRect(QRectF(0, 0, wide, height), RADIUS_CHIP, RADIUS_CHIP)
    painter.drawPixmap(
        QPointF(6, (height - 14) / 2), icons.pixmap(look.icon, look.color, 14, ratio)
    )
    painter.setPen(color(look.color))
    words.write(painter, (24, 0, max(wide - 25, 0), height), text)
    painter.end()
    return drawn


@lru_cache(maxsize=1024)
def _progress(end: int, tick: int, width: int, ratio: float, faint: bool) -> QPixmap:  # noqa: FBT001 - part of the cache's key
    drawn = icons.canvas(width, _TICK, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = (_TICK - _TRACK) / 2
    _rounded(painter, QRectF(0, top, width, _TRACK), "line")
    reach, known = end / ratio, tick / ratio
    beyond = tick >= 0 and known > reach + _TOLERANCE
    if beyond:
        _hatch(painter, QRectF(reach, top - 1, known - reach, _TRACK + 2))
    if end:
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(0, top, width, _TRACK), 3, 3)
        painter.setClipPath(bar)
        _rounded(painter, QRectF(-3, top, reach + 3, _TRACK), "faint" if faint else "accent")
        painter.setClipping(False)
    if tick >= 0:
        painter.fillRect(
            QRectF(min(max(known - 1, 0), width - 2), 0, 2, _TICK),
            color("bad" if beyond else "muted"),
        )
    painter.end()
    return drawn


@lru_cache(maxsize=512)
def _margin(end: int, beyond: bool, width: int, ratio: float) -> QPixmap:  # noqa: FBT001 - part of the cache's key
    drawn = icons.canvas(width, _TICK, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top, middle, reach = (_TICK - _TRACK) / 2, width / 2, end / ratio
    _rounded(painter, QRectF(0, top, width, _TRACK), "line")
    _rounded(painter, QRectF(0, top, min(reach, middle), _TRACK), "muted")
    if beyond:
        _rounded(painter, QRectF(middle, top, max(reach - middle, 3), _TRACK), "bad")
    painter.fillRect(QRectF(middle - 1, 0, 2, _TICK), color("text"))
    painter.end()
    return drawn


def _rounded(painter: QPainter, box: QRectF, token: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(token))
    radius = min(3.0, box.width() / 2)
    painter.drawRoundedRect(box, radius, radius)


def _hatch(painter: QPainter, box: QRectF) -> None:
    """Slanted lines; Qt's own pattern brushes do not grow with the pixel ratio."""
    painter.save()
    painter.setClipRect(box)
    painter.setPen(QPen(color("bad"), 1))
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()))
        x += 5
    painter.restore()


for _cache in (_chip, _progress, _margin):
    on_change(_cache.cache_clear)
on_change(_trails.clear)
