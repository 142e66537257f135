"""What starting the program loads, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

START = """
import gc, json, sys
from app.cli import importing
with importing():
    import app.bootstrap
modules = sorted(sys.modules)
import aiodns
print(json.dumps({"modules": modules, "collects": gc.isenabled(), "resolves": hasattr(aiodns, "DNSResolver")}))
"""


@pytest.fixture(scope="module")
def started() -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-c", START], check=True, capture_output=True, timeout=60, text=True
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("name", ["PySide6", "aiodns", "numpy", "pycares", "pyqtgraph", "regex"])
def test_what_few_or_later_moments_need_is_not_loaded(started: dict[str, Any], name: str) -> None:
    assert name not in started["modules"]


def test_what_importing_put_aside_is_back(started: dict[str, Any]) -> None:
    assert started["collects"]
    assert started["resolves"]
