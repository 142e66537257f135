"""The mode switch of a rule: enforce, shadow or off, the one in force tinted and named."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem
from typing_extensions import override

from app.domain.verdict import Mode
from app.locale import N_, _
from app.ui import icons
from app.ui.delegates.canvas import Box, Canvas, face
from app.ui.delegates.cell import INSET, Cell
from app.ui.delegates.role import Kept, Role
from app.ui.theme import SEMI_BOLD, color, on_change
from app.ui.theme import height as grown
from app.ui.theme.tokens import RADIUS_CHIP, RADIUS_FIELD

_SEGMENT: Final = 28
_ICON: Final = 14


class _Segment(NamedTuple):
    mode: Mode
    word: str
    icon: str
    color: str
    ground: str


_SEGMENTS: Final = (
    _Segment(Mode.ENFORCE, N_("Enforce"), "shield", "accent", "accent_soft"),
    _Segment(Mode.SHADOW, N_("Shadow"), "eye", "shadow", "shadow_soft"),
    _Segment(Mode.OFF, N_("Off"), "minus", "muted", "line"),
)


def mode_word(mode: Mode) -> str:
    """The name of a mode in the language in force."""
    return next(_(segment.word) for segment in _SEGMENTS if segment.mode is mode)


def switch_height() -> int:
    """The height of the switch, in lists and alone."""
    return grown(25)


def mode_at(x: float, mode: Mode, width: int) -> Mode:
    """The segment at `x` pixels from the left of a switch `width` wide that shows `mode`."""
    for segment, (left, wide) in zip(_SEGMENTS, _places(mode, width), strict=True):
        if x < left + wide:
            return segment.mode
    return Mode.OFF


def next_mode(mode: Mode, steps: int) -> Mode:
    """The neighbour of `mode`, for the arrow keys; the ends hold."""
    order = [segment.mode for segment in _SEGMENTS]
    return order[min(max(order.index(mode) + steps, 0), len(order) - 1)]


def switch_picture(mode: Mode, width: int, ratio: float) -> QPixmap:
    """The switch as a picture, `width` by `switch_height()`."""
    return _switch(mode, tuple(_(segment.word) for segment in _SEGMENTS), width, ratio)


class ModeCell(Cell):
    """value: a Mode. A click calls the model's setData(index, mode, Role.EXTRA)."""

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
        if value is not None:
            x, y, width, height = box
            picture = switch_picture(value, width, canvas.ratio)
            canvas.painter.drawPixmap(x, y + (height - switch_height() + 1) // 2, picture)

    @override
    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        extra = index.data(Role.EXTRA)
        mode = extra.value if isinstance(extra, Kept) else None
        if event.type() != QEvent.Type.MouseButtonRelease or not isinstance(event, QMouseEvent):
            return False
        if not isinstance(mode, Mode):
            return False
        box: QRect = option.rect
        inside = box.adjusted(INSET, 0, -INSET, 0)
        if event.button() != Qt.MouseButton.LeftButton or not inside.contains(
            event.position().toPoint()
        ):
            return False
        chosen = mode_at(event.position().x() - inside.x(), mode, inside.width())
        return chosen != mode and model.setData(index, chosen, Role.EXTRA)


def _places(mode: Mode, width: int) -> list[tuple[int, int]]:
    """Left edge and width of the three segments."""
    places, left = [], 2
    for segment in _SEGMENTS:
        wide = width - 4 - 2 * _SEGMENT if segment.mode is mode else _SEGMENT
        places.append((left, wide))
        left += wide
    return places


@lru_cache(maxsize=64)
def _switch(mode: Mode, words: tuple[str, ...], width: int, ratio: float) -> QPixmap:
    tall = switch_height()
    drawn = icons.canvas(width, tall, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color("edge"), 1))
    painter.setBrush(color("surface"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, tall - 1), RADIUS_FIELD, RADIUS_FIELD)
    for segment, word, (left, wide) in zip(_SEGMENTS, words, _places(mode, width), strict=True):
        current = segment.mode is mode
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(segment.ground))
            painter.drawRoundedRect(QRectF(left, 2, wide, tall - 4), RADIUS_CHIP, RADIUS_CHIP)
            painter.setPen(color(segment.color))
            face("body", SEMI_BOLD).write(painter, (left + 27, 0, wide - 29, tall), word)
        symbol = icons.pixmap(segment.icon, segment.color if current else "faint", _ICON, ratio)
        painter.drawPixmap(QPointF(left + 7, (tall - _ICON) / 2), symbol)
    painter.end()
    return drawn


on_change(_switch.cache_clear)
