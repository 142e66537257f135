"""What starting the program loads, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

START = """
import json, ssl, sys
def methods():
    return ssl.SSLContext.load_default_certs, ssl.SSLContext.set_default_verify_paths
before = methods()
from app.cli import importing
with importing():
    import app.bootstrap
import aiohttp.connector, gc
print(json.dumps({
    "modules": sorted(sys.modules),
    "as before": methods() == before,
    "authorities": [
        aiohttp.connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509_ca"],
        aiohttp.connector._SSL_CONTEXT_UNVERIFIED.cert_store_stats()["x509_ca"],
    ],
    "checks": aiohttp.connector._SSL_CONTEXT_VERIFIED.verify_mode == ssl.CERT_REQUIRED,
    "collects": gc.isenabled(),
}))
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
    assert started["as before"]
    assert started["collects"]


def test_the_context_that_nobody_shall_use_trusts_nobody(started: dict[str, Any]) -> None:
    assert started["checks"]
    assert started["authorities"] == [0, 0]
