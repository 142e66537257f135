"""Drawing that cells and widgets share; fonts, elided words and pictures are made once per theme and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from app.ui import icons
from app.ui.delegates.mark import LOOKS, Mark
from app.ui.delegates.role import Trail
from app.ui.theme import MEDIUM, NORMAL, SEMI_BOLD, color, font, metrics, on_change
from app.ui.theme.tokens import RADIUS_CHIP

LEFT: Final = Qt.AlignmentFlag.AlignLeft
RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTER: Final = Qt.AlignmentFlag.AlignHCenter
ELIDE_END: Final = Qt.TextElideMode.ElideRight
ELIDE_MIDDLE: Final = Qt.TextElideMode.ElideMiddle
_TRACK: Final = 6
_TICK: Final = 14
_TOLERANCE: Final = 2
"""Pixels by which a tick may stand beyond the bar before it counts."""
_FLAT: Final = 0.01


class Face:
    """A font with its metrics, and what fits into which width."""

    __slots__ = ("_fitted", "ascent", "font", "height", "metrics")

    def __init__(self, made: QFont, measured: QFontMetrics) -> None:
        self.font = made
        self.metrics = measured
        self.ascent = measured.ascent()
        self.height = measured.height()
        self._fitted = lru_cache(maxsize=4096)(self._fit)

    def fit(self, text: str, width: int, elide: Qt.TextElideMode = ELIDE_END) -> tuple[str, int]:
        """`text` cut to `width` pixels, and the pixels it takes."""
        return self._fitted(text, width, elide)

    def write(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        align: Qt.AlignmentFlag = LEFT,
        elide: Qt.TextElideMode = ELIDE_END,
    ) -> None:
        """Draw `text` in one line in the middle of `box`, with the painter's pen."""
        words, taken = self._fitted(text, box.width(), elide)
        x = box.x()
        if align != LEFT:
            free = box.width() - taken
            x += free if align == RIGHT else free // 2
        painter.setFont(self.font)
        painter.drawText(x, box.y() + (box.height() - self.height) // 2 + self.ascent, words)

    def _fit(self, text: str, width: int, elide: Qt.TextElideMode) -> tuple[str, int]:
        taken = self.metrics.horizontalAdvance(text)
        if taken <= width:
            return text, taken
        words = self.metrics.elidedText(text, elide, width)
        return words, self.metrics.horizontalAdvance(words)


@lru_cache(maxsize=32)
def face(step: str = "body", weight: QFont.Weight = NORMAL, tabular: bool = True) -> Face:  # noqa: FBT001, FBT002 - part of the cache's key
    """The face of a font of the scale."""
    return Face(
        font(step, weight=weight, tabular=tabular), metrics(step, weight=weight, tabular=tabular)
    )


def chip(mark: Mark, text: str, width: int, height: int, ratio: float) -> QPixmap:
    """A verdict at most `width` wide: icon and word, on a ground when it asks for attention."""
    return _chip(mark, text, width, height, ratio)


def chip_width(mark: Mark, text: str) -> int:
    """The width that a chip takes when nothing limits it."""
    return _chip_face(mark).metrics.horizontalAdvance(text) + 31


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
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if len(samples) < 2 or max(samples) < _FLAT:  # noqa: PLR2004 - a line needs two points
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), color("line_strong"))
        return
    step = box.width() / (len(samples) - 1)
    points = [
        QPointF(box.left() + i * step, box.bottom() - 0.5 - v * (box.height() - 1))
        for i, v in enumerate(samples)
    ]
    ground = QColor(color(ink))
    ground.setAlphaF(0.14)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawPolygon(QPolygonF([box.bottomLeft(), *points, box.bottomRight()]))
    painter.setPen(QPen(color(ink), 1.3))
    painter.drawPolyline(QPolygonF(points))


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
    fitted, _taken = words.fit(text, max(wide - 25, 0))
    painter.setFont(words.font)
    painter.drawText(24, (height - words.height) // 2 + words.ascent, fitted)
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


for _cache in (face, _chip, _progress, _margin):
    on_change(_cache.cache_clear)
on_change(_trails.clear)

__all__ = [
    "CENTER",
    "ELIDE_END",
    "ELIDE_MIDDLE",
    "LEFT",
    "RIGHT",
    "SEMI_BOLD",
    "Face",
    "chip",
    "chip_width",
    "face",
    "margin_bar",
    "progress_bar",
    "spark",
    "trail_picture",
]
