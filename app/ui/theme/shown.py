"""The theme and the type scale in force, as ambient as QApplication's own palette and font.

Only `Appearance` changes them. Widgets learn of it by QEvent.PaletteChange, which Qt sends to every widget,
so none of them needs to be handed an object for its colours.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor, QFont, QFontMetrics

from app.ui.theme.scale import PLAIN_SIZE, TypeScale, make_font, make_metrics
from app.ui.theme.tokens import LIGHT, Theme

NORMAL = QFont.Weight.Normal
MEDIUM = QFont.Weight.Medium
SEMI_BOLD = QFont.Weight.DemiBold

_theme: Theme = LIGHT
_scale: TypeScale = TypeScale(("sans-serif",), PLAIN_SIZE)
_caches: list[Callable[[], object]] = []


def theme() -> Theme:
    """The colours in force."""
    return _theme


def color(token: str) -> QColor:
    """The colour named `token`, in force now. It is shared: copy it before changing its alpha."""
    return _theme.color(token)


def type_scale() -> TypeScale:
    """The fonts in force."""
    return _scale


def font(step: str = "body", *, weight: QFont.Weight = NORMAL, tabular: bool = False) -> QFont:
    """A font of the scale; `tabular` gives all digits one width, so that columns of numbers stand still.

    Steps are caption, header, body, section, title and figure. The font is shared: copy it before changing it.
    """
    return make_font(_scale, step, weight, tabular)


def metrics(
    step: str = "body", *, weight: QFont.Weight = NORMAL, tabular: bool = False
) -> QFontMetrics:
    """The metrics of the font that `font` gives for the same arguments."""
    return make_metrics(_scale, step, weight, tabular)


def height(plain: int) -> int:
    """A height of the design, grown with the user's text size."""
    return _scale.height(plain)


def show(theme: Theme, scale: TypeScale) -> None:
    """Make these the ones that everything drawn from now on uses, and forget what was drawn for others."""
    global _theme, _scale
    _theme, _scale = theme, scale
    for clear in _caches:
        clear()


def on_change(clear: Callable[[], object]) -> None:
    """Call `clear` whenever theme or fonts change: for module-wide caches of pixmaps and pens."""
    _caches.append(clear)
