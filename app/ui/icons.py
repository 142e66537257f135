"""Icons and flags from SVG files, tinted per theme and drawn once per size and pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.resource import resource
from app.ui.theme import color as token_color
from app.ui.theme import on_change, theme

FLAG_WIDTH = 18
FLAG_HEIGHT = 14


def pixmap(name: str, color: str = "muted", size: int = 16, ratio: float | None = None) -> QPixmap:
    """The Lucide icon `name` with strokes of the token `color`, `size` pixels square at the pixel ratio `ratio`.

    Without a ratio it is that of the first screen; painting code passes its device's.
    """
    return _icon(name, color, size, _ratio() if ratio is None else ratio)


def icon(name: str, color: str = "muted", size: int = 16) -> QIcon:
    """The same for buttons and menus, with a faint picture for the disabled state, sharp on every screen.

    It keeps the colours of the theme in force: make it again on QEvent.PaletteChange (`widgets.Button` does).
    """
    made = QIcon()
    for ratio in sorted(
        {_ratio(), *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    ):
        made.addPixmap(pixmap(name, color, size, ratio))
        made.addPixmap(pixmap(name, "faint", size, ratio), QIcon.Mode.Disabled)
    return made


def flag(country: str | None, ratio: float | None = None) -> QPixmap:
    """The 18 by 14 flag of a two-letter country code; a faint globe when there is none."""
    return _flag((country or "").lower(), _ratio() if ratio is None else ratio)


def app_icon() -> QIcon:
    """The program's icon for windows and task bars."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addFile(str(resource(f"icons/app/peerwarden-{size}.png")))
    return made


def canvas(width: float, height: float, ratio: float) -> QPixmap:
    """An empty transparent picture of a size in device-independent pixels."""
    made = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _ratio() -> float:
    screen = QGuiApplication.primaryScreen()
    return screen.devicePixelRatio()


@lru_cache(maxsize=1024)
def _icon(name: str, color: str, size: int, ratio: float) -> QPixmap:
    weight = 2.2 if size <= 16 else 2 if size <= 24 else 1.5  # noqa: PLR2004 - small icons need more weight, large ones less
    svg = resource(f"icons/{name}.svg").read_text("utf-8")
    svg = svg.replace("currentColor", theme().color(color).name())
    svg = svg.replace('stroke-width="2"', f'stroke-width="{weight}"')
    drawn = canvas(size, size, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn


@lru_cache(maxsize=512)
def _flag(country: str, ratio: float) -> QPixmap:
    file = resource(f"flags/{country}.svg")
    drawn = canvas(FLAG_WIDTH, FLAG_HEIGHT, ratio)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # A code comes from a database of someone else's making: it must not be able to name other files.
    if len(country) == 2 and country.isalpha() and file.is_file():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        frame = QRectF(0.5, 0.5, FLAG_WIDTH - 1, FLAG_HEIGHT - 1)
        shape = QPainterPath()
        shape.addRoundedRect(frame, 2, 2)
        painter.setClipPath(shape)
        QSvgRenderer(str(file)).render(painter, frame)
        painter.setClipping(False)
        edge = QColor(token_color("hairline"))
        edge.setAlphaF(0.25)
        painter.setPen(QPen(edge, 1))
        painter.drawPath(shape)
    else:
        painter.drawPixmap(
            (FLAG_WIDTH - FLAG_HEIGHT) // 2, 0, pixmap("globe", "faint", FLAG_HEIGHT, ratio)
        )
    painter.end()
    return drawn


on_change(_icon.cache_clear)
on_change(_flag.cache_clear)
