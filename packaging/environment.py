"""The virtual environment of a checkout, made once and filled from a lock."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

import system_packages
from steps import ROOT, execute

LOCK = ROOT / "packaging" / "requirements.lock"
"""What the program runs on."""

DEV_LOCK = ROOT / "packaging" / "requirements-dev.lock"
"""The same and what its tests need: whoever installed it has installed LOCK too."""

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")

_LIMIT = 1200.0


def ensure(lock: Path) -> bool:
    """Make VENV if needed and install `lock` unless it is there; True when something was done.

    Raises StepFailed when pip fails; the next call then tries again.
    """
    if _is_installed(lock):
        return False
    if not PYTHON.exists():
        _create()
    _stamp(lock).unlink(missing_ok=True)
    command = (PYTHON, "-m", "pip", "install", "--require-hashes", "-r", lock)
    execute(command, limit=_LIMIT, env={"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    for done in {lock, LOCK}:
        _stamp(done).write_text(_digest(done), encoding="ascii")
    return True


def tool(name: str) -> Path:
    """A program that the lock installed."""
    return BIN / (f"{name}.exe" if sys.platform == "win32" else name)


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        system_packages.ensure(system_packages.SET_UP)
    execute((sys.executable, "-m", "venv", "--clear", VENV), limit=_LIMIT)


def _is_installed(lock: Path) -> bool:
    try:
        stamp = _stamp(lock).read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stamp == _digest(lock) and os.access(PYTHON, os.X_OK)


def _stamp(lock: Path) -> Path:
    return VENV / f"installed-{lock.name}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
