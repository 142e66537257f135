"""What a delegate paints on: a painter that knows its row's colour, and words that are laid out once."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText, QTransform

from app.ui.theme import NORMAL, color, font, metrics, on_change

Box = tuple[int, int, int, int]
"""Left, top, width, height. A tuple, because a QRect costs a microsecond for each question."""

LEFT: Final = Qt.AlignmentFlag.AlignLeft
RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTER: Final = Qt.AlignmentFlag.AlignHCenter
_ANY_WIDTH: Final = 1 << 24


class Face:
    """A font with its metrics, and what fits into which width."""

    __slots__ = ("_placed", "font", "height", "metrics")

    def __init__(self, made: QFont, measured: QFontMetrics) -> None:
        self.font = made
        self.metrics = measured
        self.height = measured.height()
        self._placed = lru_cache(maxsize=4096)(self._place)

    def width(self, text: str) -> int:
        """The pixels that `text` takes."""
        return self._placed(text, _ANY_WIDTH, False)[1]

    def place(self, text: str, width: int, *, middle: bool = False) -> tuple[QStaticText, int]:
        """`text` cut to `width`, at its end or in its middle, and the pixels it takes."""
        return self._placed(text, width, middle)

    def write(self, painter: QPainter, box: Box, text: str, align: Qt.AlignmentFlag = LEFT) -> None:
        """Draw `text` in one line in the middle of `box`, cut to its width, with the painter's pen."""
        painter.setFont(self.font)
        _draw(painter, self, box, self._placed(text, box[2], False), align)

    def _place(self, text: str, width: int, middle: bool) -> tuple[QStaticText, int]:  # noqa: FBT001 - the cache's key
        made = self._lay_out(text)
        taken = ceil(made.size().width())
        if taken > width:
            elide = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
            made = self._lay_out(self.metrics.elidedText(text, elide, width))
            taken = ceil(made.size().width())
        return made, taken

    def _lay_out(self, text: str) -> QStaticText:
        """Drawing it is then two to three times cheaper than drawing a str."""
        made = QStaticText(text)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.prepare(QTransform(), self.font)
        return made


@lru_cache(maxsize=32)
def face(step: str = "body", weight: QFont.Weight = NORMAL) -> Face:
    """The face of a font of the scale, with digits of one width."""
    return Face(font(step, weight=weight, tabular=True), metrics(step, weight=weight, tabular=True))


class Canvas:
    """A painter in the state that most cells want, so that most cells need not set any."""

    __slots__ = ("_body", "_pen", "painter", "ratio")

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        self.ratio = painter.device().devicePixelRatioF()
        self._body = face()
        self._pen: QColor = color("text")
        painter.setFont(self._body.font)
        painter.setPen(self._pen)

    def begin_row(self, *, faint: bool) -> None:
        """Write the cells that follow in the colour of their row."""
        pen = color("faint" if faint else "text")
        if pen is not self._pen:
            self._pen = pen
            self.painter.setPen(pen)

    def write(
        self, box: Box, text: str, align: Qt.AlignmentFlag = LEFT, *, middle: bool = False
    ) -> None:
        """One line in the middle of `box`, in the row's colour; `middle` cuts out of the middle."""
        body = self._body
        _draw(self.painter, body, box, body.place(text, box[2], middle=middle), align)

    def write_in(
        self, words: Face, ink: str, box: Box, text: str, align: Qt.AlignmentFlag = LEFT
    ) -> None:
        """The same with another face, in the token `ink`; empty is the row's own colour."""
        if ink:
            self.painter.setPen(color(ink))
        words.write(self.painter, box, text, align)
        self.painter.setFont(self._body.font)
        self.painter.setPen(self._pen)


def _draw(
    painter: QPainter,
    words: Face,
    box: Box,
    placed: tuple[QStaticText, int],
    align: Qt.AlignmentFlag,
) -> None:
    left, top, width, height = box
    made, taken = placed
    if align is not LEFT:
        left += width - taken if align is RIGHT else (width - taken) // 2
    painter.drawStaticText(left, top + (height - words.height) // 2, made)


on_change(face.cache_clear)
