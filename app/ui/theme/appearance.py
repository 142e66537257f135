"""Dresses the program in light or dark, follows the system live, and says when it changed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.resource import resource
from app.ui.theme import shown
from app.ui.theme.scale import system_scale
from app.ui.theme.sheet import sheet
from app.ui.theme.tokens import DARK, LIGHT, Theme


class Scheme(StrEnum):
    """What the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_QT_SCHEMES: Final = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}


class Appearance(QObject):
    """Style, palette, fonts and style sheet of the whole program, from one theme."""

    changed = Signal()
    """Another theme is in force: rebuild pens and charts. Widgets are told by PaletteChange as well."""

    def __init__(
        self, app: QApplication, *, scheme: Scheme = Scheme.SYSTEM, language: str = "en"
    ) -> None:
        """Dress `app`; `language` is one of app.locale.LANGUAGES and decides which font comes first."""
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._scale = system_scale(app.font(), language)
        self._drawn: Theme | None = None
        # A style sheet takes pictures from files only, so the tinted ones are written once per theme.
        self._pictures = QTemporaryDir()
        app.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        hints.setColorScheme(_QT_SCHEMES[scheme])
        hints.colorSchemeChanged.connect(self._dress)
        self._dress()

    @property
    def scheme(self) -> Scheme:
        """What the user chose, not what is shown."""
        return self._scheme

    def choose(self, scheme: Scheme) -> None:
        """Use `scheme` from now on."""
        self._scheme = scheme
        # The window frame follows too where the system allows it.
        QGuiApplication.styleHints().setColorScheme(_QT_SCHEMES[scheme])
        self._dress()

    def _dress(self) -> None:
        wanted = self._wanted()
        if wanted is self._drawn:
            return
        self._drawn = wanted
        shown.show(wanted, self._scale)
        self._app.setPalette(wanted.palette())
        self._app.setFont(shown.font())
        self._app.setStyleSheet(sheet(wanted, self._scale, self._write_pictures(wanted)))
        self.changed.emit()

    def _wanted(self) -> Theme:
        match self._scheme:
            case Scheme.LIGHT:
                return LIGHT
            case Scheme.DARK:
                return DARK
            case _:
                return DARK if _system_is_dark() else LIGHT

    def _write_pictures(self, theme: Theme) -> dict[str, str]:
        wanted = {
            "check": ("check", theme.text),
            "check_on_accent": ("check", theme.on_accent),
            "chevron": ("chevron-down", theme.muted),
        }
        made = {}
        for name, (icon, ink) in wanted.items():
            file = Path(self._pictures.filePath(f"{name}-{theme.name}.svg"))
            svg = resource(f"icons/{icon}.svg").read_text("utf-8").replace("currentColor", ink)
            file.write_text(svg, "utf-8")
            made[name] = file.as_posix()
        return made


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
