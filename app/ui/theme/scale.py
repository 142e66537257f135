"""The type scale: every font of the desktop, sized after the system's own text size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics

PLAIN_SIZE: Final = 13
"""Pixels of body text at which all heights of the design hold."""
_STEPS: Final = {
    "caption": 0.85,
    "header": 0.92,
    "body": 1.0,
    "section": 1.08,
    "title": 1.5,
    "figure": 1.9,
}
_CJK: Final = {
    "zh_CN": ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC"),
    "zh_TW": ("Microsoft JhengHei UI", "PingFang TC", "Noto Sans CJK TC"),
}


@dataclass(frozen=True, slots=True)
class TypeScale:
    """Font families in order, and the pixel size of body text."""

    families: tuple[str, ...]
    body: int

    def pixels(self, step: str) -> int:
        """The pixel size of a step: caption, header, body, section, title or figure."""
        return round(self.body * _STEPS[step])

    def height(self, plain: int) -> int:
        """A height of the design, grown when the user's text is larger than the design's."""
        return max(plain, round(plain * self.body / PLAIN_SIZE))


def system_scale(
    font: QFont, language: str, has: Callable[[str], bool] = QFontDatabase.hasFamily
) -> TypeScale:
    """The scale of a user whose system uses `font`; Chinese puts its own font first, so that lines sit alike."""
    own = tuple(font.families()) or (font.family(),)
    pixels = QFontInfo(font).pixelSize()
    # Fontconfig's common 9 pt is 12 px at 96 dpi; the design's smallest body is 13.
    # A family that is not there would make Qt search all of them for a likeness at the first text.
    first = tuple(family for family in _CJK.get(language, ()) if has(family))
    return TypeScale((*first, *own), max(PLAIN_SIZE, pixels))


@lru_cache(maxsize=128)
def make_font(scale: TypeScale, step: str, weight: QFont.Weight, tabular: bool) -> QFont:  # noqa: FBT001 - part of the cache's key
    """A font of `scale`. It is shared: copy it before changing it."""
    made = QFont(list(scale.families))
    made.setPixelSize(scale.pixels(step))
    made.setWeight(weight)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=128)
def make_metrics(scale: TypeScale, step: str, weight: QFont.Weight, tabular: bool) -> QFontMetrics:  # noqa: FBT001 - part of the cache's key
    """The metrics of the font that `make_font` gives for the same arguments."""
    return QFontMetrics(make_font(scale, step, weight, tabular))
