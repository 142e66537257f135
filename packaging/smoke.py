"""Starts the built program on its demo and asks it what a user would see."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import runpy
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from steps import ROOT, Command, StepFailed

_SERVES = re.compile(r"PeerWarden (?P<version>\S+) API (?P<address>http://\S+:\d+)\s*")
TOKEN = secrets.token_urlsafe(16)

_START = 30.0
"""Seconds from the start of the process until it serves; a cold disk needs most of them."""
_BANS = 20.0
_STOP = 5.0
"""Seconds that the program may take to end after SIGTERM: a promise to its users."""


def check_headless(program: Path) -> None:
    """Start `program` without a window, see demo bans, and end it.

    Raises StepFailed, with what it logged, at the first thing that is not as it should be.
    """
    with _started(program, ("--headless", "--api-port", "0")) as process:
        address = _wait_for_line(process)
        _expect_version(address)
        _expect_bans(address)
        _expect_no_qt(process)
        _expect_clean_end(process)


def check_desktop(program: Path) -> None:
    """The same with a window, on Qt's offscreen platform."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _started(program, ("--api-port", str(port))) as process:
        address = f"http://127.0.0.1:{port}"
        _wait_for_answer(process, address)
        _expect_version(address)
        _expect_bans(address)
        _expect_clean_end(process)


def check_scripts(program: Path) -> None:
    """Have the bundled scripts judge a peer, in their own process; raises StepFailed."""
    peer = {"address": {"ip": "2001:db8::2e0:61ff:fe12:3456", "port": 6881}}
    with tempfile.TemporaryDirectory(prefix="peerwarden-smoke-") as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(
            (program, "check", "--json", "--data-dir", folder),
            cwd=folder,
            env=env | {"HOME": folder},
            input=json.dumps({"peer": peer}),
            capture_output=True,
            text=True,
            timeout=_START,
            check=False,
        )
    if (
        done.returncode != 0
        or '"rule": "expression-engine"' not in done.stdout.partition("trace")[0]
    ):
        message = f"its scripts do not judge: {done.stdout}{done.stderr}"
        raise StepFailed(message)


@contextlib.contextmanager
def _started(program: Path, options: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """The program on its demo, with a home of its own; killed at the end if it still runs."""
    with tempfile.TemporaryDirectory(prefix="peerwarden-smoke-") as folder:
        log = Path(folder) / "log"
        try:
            with log.open("w", encoding="utf-8") as stderr:
                yield from _running((program, "--demo", *options), folder, stderr)
        except StepFailed as failure:
            message = f"{log.read_text('utf-8', 'replace')}\n{failure}".strip()
            raise StepFailed(message) from failure


def _running(command: Command, folder: str, stderr: TextIO) -> Iterator[subprocess.Popen[str]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"HOME": folder, "QT_QPA_PLATFORM": "offscreen", "PEERWARDEN_API_TOKEN": TOKEN}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


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


def _wait_for_answer(process: subprocess.Popen[str], address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    deadline = time.monotonic() + _START
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        if time.monotonic() > deadline:
            message = f"it does not serve after {_START:.0f} s"
            raise StepFailed(message)
        _pause()
    message = f"it ended at once, with exit code {process.returncode}"
    raise StepFailed(message)


def _expect_version(address: str) -> None:
    manifest = _get(f"{address}/api/metadata/manifest")
    if _version() not in manifest:
        message = f"no version {_version()} in the manifest: {manifest}"
        raise StepFailed(message)


def _expect_bans(address: str) -> None:
    deadline = time.monotonic() + _BANS
    while not _get(f"{address}/blocklist/ip").strip():
        if time.monotonic() > deadline:
            message = f"no ban within {_BANS:.0f} s"
            raise StepFailed(message)
        _pause()


def _pause() -> None:
    threading.Event().wait(0.25)


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


def _get(url: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})  # noqa: S310 - ours
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
