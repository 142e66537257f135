"""How the desktop looks: tokens, fonts, and the appearance that applies them."""

from app.ui.theme.appearance import Appearance, Scheme
from app.ui.theme.scale import TypeScale
from app.ui.theme.shown import (
    MEDIUM,
    NORMAL,
    SEMI_BOLD,
    color,
    font,
    height,
    metrics,
    on_change,
    theme,
    type_scale,
)
from app.ui.theme.tokens import DARK, LIGHT, Theme, contrast

__all__ = [
    "DARK",
    "LIGHT",
    "MEDIUM",
    "NORMAL",
    "SEMI_BOLD",
    "Appearance",
    "Scheme",
    "Theme",
    "TypeScale",
    "color",
    "contrast",
    "font",
    "height",
    "metrics",
    "on_change",
    "theme",
    "type_scale",
]
