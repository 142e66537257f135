"""Starts the built program on its demo and asks it what a user would see."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import runpy
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from steps import ROOT, StepFailed

_SERVES = re.compile(r"PeerWarden (?P<version>\S+) API (?P<address>http://\S+:\d+)\s*")
_START = 30.0
"""Seconds from the start of the process to its line; a cold disk needs most of them."""
_BANS = 20.0
_STOP = 5.0
"""Seconds that the program may take to end after SIGTERM: a promise to its users."""


def check(program: Path) -> None:
    """Start `program`, see demo bans, and end it.

    Raises StepFailed, with what it logged, at the first thing that is not as it should be.
    """
    with tempfile.TemporaryDirectory(prefix="peerwarden-smoke-") as folder:
        log = Path(folder) / "log"
        token = secrets.token_urlsafe(16)
        try:
            with _started(program, Path(folder), log, token) as process:
                address = _wait_for_line(process)
                _expect_version(address, token)
                _expect_bans(address, token)
                _expect_no_qt(process)
                _expect_clean_end(process)
        except StepFailed as failure:
            message = f"{log.read_text('utf-8', 'replace')}\n{failure}".strip()
            raise StepFailed(message) from failure


@contextlib.contextmanager
def _started(program: Path, folder: Path, log: Path, token: str) -> Iterator[subprocess.Popen[str]]:
    """The program on its demo, with a home of its own; killed at the end if it still runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            (program, "--demo", "--headless", "--api-port", "0"),
            cwd=folder,
            env={**kept, "HOME": str(folder), "PEERWARDEN_API_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _wait_for_line(process: subprocess.Popen[str]) -> str:
    """The address that the program says it serves at."""
    lines: queue.Queue[str] = queue.Queue()
    stdout = process.stdout
    assert stdout is not None  # noqa: S101 - it is a pipe
    threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=_START)
    except queue.Empty:
        message = f"it said nothing for {_START:.0f} s"
        raise StepFailed(message) from None
    found = _SERVES.fullmatch(line)
    if found is None:
        message = f"unexpected first line: {line!r}"
        raise StepFailed(message)
    if found["version"] != _version():
        message = f"it calls itself {found['version']}, not {_version()}"
        raise StepFailed(message)
    return found["address"]


def _expect_version(address: str, token: str) -> None:
    manifest = _get(f"{address}/api/metadata/manifest", token)
    json.loads(manifest)
    if _version() not in manifest:
        message = f"no version {_version()} in the manifest: {manifest}"
        raise StepFailed(message)


def _expect_bans(address: str, token: str) -> None:
    deadline = time.monotonic() + _BANS
    pause = threading.Event()
    while not _get(f"{address}/blocklist/ip", token).strip():
        if time.monotonic() > deadline:
            message = f"no ban within {_BANS:.0f} s"
            raise StepFailed(message)
        pause.wait(0.25)


def _expect_no_qt(process: subprocess.Popen[str]) -> None:
    maps = Path(f"/proc/{process.pid}/maps")
    if maps.exists() and "libQt6" in maps.read_text("utf-8"):
        message = "it loaded Qt, although it is headless"
        raise StepFailed(message)


def _expect_clean_end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        code = process.wait(_STOP)
    except subprocess.TimeoutExpired:
        message = f"it still runs {_STOP:.0f} s after SIGTERM"
        raise StepFailed(message) from None
    if code != 0 and sys.platform != "win32":  # where terminate() is a kill
        message = f"it ended with exit code {code}"
        raise StepFailed(message)


def _get(url: str, token: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - ours
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=10) as answer:
            text: str = answer.read().decode("utf-8")
    except (OSError, ValueError) as error:
        message = f"{url}: {error}"
        raise StepFailed(message) from error
    return text


def _version() -> str:
    return str(runpy.run_path(str(ROOT / "app" / "version.py"))["__version__"])
