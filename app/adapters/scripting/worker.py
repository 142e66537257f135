"""Finds the program that scripts run in."""

from __future__ import annotations

import sys
from pathlib import Path


def worker_binary() -> Path | None:
    """Where the frozen bundle has it; None in a checkout and a wheel, where the library knows."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        return None
    return Path(bundle) / ("monty.exe" if sys.platform == "win32" else "monty")
