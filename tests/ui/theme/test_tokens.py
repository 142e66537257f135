"""Colours that everybody can tell apart, written down in one place."""

from __future__ import annotations

import re

import pytest

from app.resource import resource
from app.ui.theme import DARK, LIGHT, Theme, contrast

THEMES = (LIGHT, DARK)
ON_SURFACE = ("text", "muted", "faint", "accent", "bad", "warn", "shadow", "good")
ON_GROUND = {
    "accent_soft": ("text", "muted", "faint", "accent"),
    "window": ("text", "muted", "faint", "accent", "bad", "warn", "shadow", "good"),
    "raised": ("text", "muted", "faint", "accent"),
    "accent": ("on_accent",),
    "bad_soft": ("bad", "text"),
    "warn_soft": ("warn", "text"),
    "shadow_soft": ("shadow", "text"),
    "good_soft": ("good", "text"),
}
PAIRS = [("surface", ink) for ink in ON_SURFACE] + [
    (g, ink) for g, inks in ON_GROUND.items() for ink in inks
]
COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|QColor\(\s*\d|GlobalColor\.(?!transparent)")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ground", "ink"), PAIRS)
def test_text_stands_out_from_its_ground(theme: Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(theme, ground), getattr(theme, ink)) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_outlines_of_fields_and_chart_series_stand_out(theme: Theme) -> None:
    assert contrast(theme.surface, theme.line_strong) >= 3
    assert all(contrast(theme.surface, series) >= 3 for series in theme.series)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_first_two_series_may_colour_text(theme: Theme) -> None:
    assert all(contrast(theme.surface, series) >= 4.5 for series in theme.series[:2])


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_no_colour_is_written_down_outside_the_tokens() -> None:
    folder = resource("").parent / "app" / "ui"
    found = [
        f"{path.relative_to(folder)}:{number}: {line.strip()}"
        for path in sorted(folder.rglob("*.py"))
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if COLOUR.search(line)
    ]
    assert found == []


def test_the_themes_name_the_same_tokens() -> None:
    assert LIGHT.named().keys() == DARK.named().keys()
    assert LIGHT.color("bad").name().upper() == LIGHT.bad
