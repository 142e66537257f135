"""Shipped files are found wherever the program runs from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.resource import resource


def test_a_shipped_file_is_found_in_a_checkout() -> None:
    assert resource("icons/shield.svg").is_file()


def test_a_frozen_program_looks_into_its_bundle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert resource("icons/shield.svg") == tmp_path / "resources" / "icons" / "shield.svg"


def test_the_licences_of_icons_and_flags_are_shipped() -> None:
    assert "ISC" in resource("licenses/lucide.txt").read_text("utf-8")
    assert "MIT" in resource("licenses/flag-icons.txt").read_text("utf-8")
