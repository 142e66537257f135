"""Finds the files that are shipped with the program: icons, flags, default rules, licence texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder, named relative to `resources/`, such as `icons/shield.svg`.

    Works in a checkout, from an installed wheel and in a frozen bundle. The file need not exist.
    """
    return _folder() / name


def _folder() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    beside = _PACKAGE.parent / "resources"
    # A wheel carries the folder inside the package: a top-level "resources" would be anybody's.
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else beside
