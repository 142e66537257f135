"""Design tokens: the only place where a colour or a measure of the desktop is written down."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Final

from PySide6.QtGui import QColor, QPalette

SPACE_1: Final = 4
SPACE_2: Final = 8
SPACE_3: Final = 12
SPACE_4: Final = 16
SPACE_6: Final = 24

RADIUS_CHIP: Final = 4
RADIUS_FIELD: Final = 6
RADIUS_CARD: Final = 8

ROW: Final = 28
ROW_COMFORTABLE: Final = 36
ROW_CARD: Final = 30
"""Rows of the ban list and of tables inside cards."""
ROW_TRACE: Final = 22
ROW_TWO_LINES: Final = 44
HEADER: Final = 52
STATUS: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One set of colours, as `#RRGGBB`. A `*_soft` colour is a ground, its partner the text and icon on it.

    `series` are told apart also without red, green or blue; only the first two may colour text.
    """

    name: str
    is_dark: bool
    window: str
    surface: str
    raised: str
    line: str
    edge: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    bad: str
    bad_soft: str
    warn: str
    warn_soft: str
    shadow: str
    shadow_soft: str
    good: str
    good_soft: str
    hairline: str
    """Drawn around flags at a quarter of its strength, so that white ones keep their edge."""
    series: tuple[str, ...]
    _colors: dict[str, QColor] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        made = {
            part.name: QColor(getattr(self, part.name))
            for part in fields(self)
            if _is_color(self, part.name)
        }
        object.__setattr__(self, "_colors", made)

    def color(self, token: str) -> QColor:
        """The colour named `token`. It is shared: copy it before changing its alpha."""
        return self._colors[token]

    def named(self) -> dict[str, str]:
        """All colours by token, as the style sheet needs them."""
        return {token: getattr(self, token) for token in self._colors}

    def palette(self) -> QPalette:
        """What Fusion draws with."""
        made = QPalette()
        for role, token in _ROLES.items():
            made.setColor(role, self.color(token))
        for role in (
            QPalette.ColorRole.Text,
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.ButtonText,
        ):
            made.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return made


_LINEAR_UP_TO: Final = 0.04045
"""Where sRGB stops being a straight line, by WCAG 2."""


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(QColor(one)), _luminance(QColor(other))))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_color(theme: Theme, name: str) -> bool:
    return not name.startswith("_") and str(getattr(theme, name)).startswith("#")


_ROLES: Final = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line_strong",
    QPalette.ColorRole.Accent: "accent",
}

LIGHT: Final = Theme(
    name="light",
    is_dark=False,
    window="#F3F5F7",
    surface="#FFFFFF",
    raised="#F7F9FA",
    line="#E3E8ED",
    edge="#C9D1D9",
    line_strong="#8A95A1",
    text="#17212B",
    muted="#4E5C6A",
    faint="#5E6B78",
    accent="#0B6A85",
    accent_soft="#DFF0F5",
    on_accent="#FFFFFF",
    bad="#AB3510",
    bad_soft="#FCEAE3",
    warn="#7C5200",
    warn_soft="#FDF1D3",
    shadow="#66479F",
    shadow_soft="#F0EBF9",
    good="#14694A",
    good_soft="#E0F3EA",
    hairline="#000000",
    series=("#0B6A85", "#B84300", "#B98B10", "#4A2178", "#88939E"),
)
DARK: Final = Theme(
    name="dark",
    is_dark=True,
    window="#11151A",
    surface="#181D23",
    raised="#1F252C",
    line="#2A313A",
    edge="#3D4753",
    line_strong="#66727F",
    text="#E6EBF0",
    muted="#A8B3BF",
    faint="#8E99A6",
    accent="#63C5DC",
    accent_soft="#14343E",
    on_accent="#06222B",
    bad="#FF9A73",
    bad_soft="#40231A",
    warn="#F0C25C",
    warn_soft="#3A2E12",
    shadow="#C4A9EE",
    shadow_soft="#2E2540",
    good="#6CCFA0",
    good_soft="#173428",
    hairline="#FFFFFF",
    series=("#63C5DC", "#FF8F5A", "#F6D84A", "#A45FE0", "#737D88"),
)
