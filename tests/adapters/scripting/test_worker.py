"""Where the program is that scripts run in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.adapters.scripting.worker import worker_binary


def test_outside_a_bundle_the_library_finds_its_program() -> None:
    assert worker_binary() is None


def test_the_bundle_carries_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert worker_binary() in (tmp_path / "monty", tmp_path / "monty.exe")
