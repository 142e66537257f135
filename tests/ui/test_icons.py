"""Icons and flags, tinted and sharp."""

from __future__ import annotations

import ast

import pytest
from PySide6.QtGui import QIcon, QPixmap

from app.resource import resource
from app.ui import icons
from app.ui.delegates import LOOKS


def looks_empty(picture: QPixmap) -> bool:
    image = picture.toImage()
    return all(
        image.pixelColor(x, y).alpha() == 0
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_has_the_pixels_of_its_screen(ratio: float) -> None:
    picture = icons.pixmap("shield", "accent", 16, ratio)

    assert picture.width() == round(16 * ratio)
    assert picture.deviceIndependentSize().width() == 16
    assert not looks_empty(picture)


def test_the_same_icon_is_drawn_once() -> None:
    assert icons.pixmap("ban", "bad", 14, 1.0) is icons.pixmap("ban", "bad", 14, 1.0)


def test_a_disabled_icon_is_faint() -> None:
    icon = icons.icon("plus", "text")

    assert icon.pixmap(16, QIcon.Mode.Disabled).toImage() != icon.pixmap(16).toImage()


@pytest.mark.parametrize("country", ["cn", "DE", "rs"])
def test_a_country_has_its_flag(country: str) -> None:
    assert icons.flag(country, 1.0).toImage() != icons.flag(None, 1.0).toImage()


@pytest.mark.parametrize("country", [None, "", "zz", "../icons/shield", "c", "Türkei"])
def test_what_is_no_country_has_a_globe(country: str | None) -> None:
    assert icons.flag(country, 1.0).toImage() == icons.flag(None, 1.0).toImage()
    assert not looks_empty(icons.flag(country, 1.0))


def test_the_program_has_an_icon_in_every_size() -> None:
    sizes = {size.width() for size in icons.app_icon().availableSizes()}

    assert sizes >= {16, 32, 256}


def test_every_icon_that_a_mark_names_is_shipped() -> None:
    assert all(resource(f"icons/{look.icon}.svg").is_file() for look in LOOKS.values())


def test_every_icon_that_the_desktop_names_is_shipped() -> None:
    shipped = {path.stem for path in resource("icons").glob("*.svg")}
    named = {
        keyword.value.value
        for path in (resource("").parent / "app" / "ui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "icon" and isinstance(keyword.value, ast.Constant) and keyword.value.value
    }
    assert named <= shipped
