"""The smoke test accepts a program that does its work, and names what another one does wrong."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import smoke
from app.version import __version__
from steps import StepFailed

PROGRAM = """\
#!{python}
import http.server, os, signal, sys, threading

demo, *headless, option, port = sys.argv[1:]
assert (demo, option) == ("--demo", "--api-port"), sys.argv
assert headless in ([], ["--headless"]), sys.argv
MANIFEST = '{{"data": {{"version": "{version}"}}}}'
BANS = {{"/api/metadata/manifest": MANIFEST, "/blocklist/ip": "{bans}"}}

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        token = self.headers["Authorization"].removeprefix("Bearer ")
        self.send_response(200 if token == os.environ["PEERWARDEN_API_TOKEN"] else 401)
        self.end_headers()
        self.wfile.write(BANS[self.path].encode())
    def log_message(self, *args):
        print("asked for", self.path, file=sys.stderr, flush=True)

server = http.server.HTTPServer(("127.0.0.1", int(port)), Answer)
if headless:
    print("{line}".format(port=server.server_port), flush=True)
signal.signal(signal.SIGTERM, {on_sigterm})
server.serve_forever()
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Writes a little program that behaves like ours, but for what a test says."""
    return Program(tmp_path / "peerwarden")


class Program:
    """A script in the place of the built program."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(
        self,
        *,
        version: str = __version__,
        bans: str = "192.0.2.1\\n",
        line: str = f"PeerWarden {__version__} API http://127.0.0.1:{{port}}",
        on_sigterm: str = "lambda *_: os._exit(0)",
    ) -> Path:
        """The path of the script."""
        text = PROGRAM.format(
            python=sys.executable, version=version, bans=bans, line=line, on_sigterm=on_sigterm
        )
        self.path.write_text(text, encoding="utf-8")
        self.path.chmod(0o755)
        return self.path


def test_a_program_that_does_its_work_passes(program: Program) -> None:
    smoke.check_headless(program.write())
    smoke.check_desktop(program.write())


def test_the_log_is_shown_with_the_reason(program: Program) -> None:
    with pytest.raises(StepFailed, match=r"(?s)asked for /api/metadata/manifest.*no version"):
        smoke.check_headless(program.write(version="0"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Hello", "unexpected first line: 'Hello"),
        ("PeerWarden 0 API http://127.0.0.1:{port}", f"calls itself 0, not {__version__}"),
    ],
)
def test_the_first_line_is_read_strictly(program: Program, line: str, reason: str) -> None:
    with pytest.raises(StepFailed, match=re.escape(reason)):
        smoke.check_headless(program.write(line=line))


def test_a_program_that_bans_nobody_fails(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "_BANS", 0.5)

    with pytest.raises(StepFailed, match="no ban within"):
        smoke.check_headless(program.write(bans=""))


def test_a_program_that_ignores_sigterm_fails(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "_STOP", 0.5)

    with pytest.raises(StepFailed, match="still runs"):
        smoke.check_headless(program.write(on_sigterm="signal.SIG_IGN"))


def test_a_program_that_ends_with_an_error_fails(program: Program) -> None:
    with pytest.raises(StepFailed, match="exit code 1"):
        smoke.check_headless(program.write(on_sigterm="lambda *_: os._exit(1)"))


def test_a_program_that_dies_at_once_fails_with_what_it_said(program: Program) -> None:
    program.write()
    program.path.write_text("#!/bin/sh\necho cannot start >&2\n", encoding="ascii")

    with pytest.raises(StepFailed, match=r"(?s)cannot start.*unexpected first line: ''"):
        smoke.check_headless(program.path)


def test_a_window_that_cannot_open_fails_with_what_it_said(program: Program) -> None:
    program.write()
    program.path.write_text("#!/bin/sh\necho no platform plugin >&2\nexit 134\n", encoding="ascii")

    with pytest.raises(StepFailed, match=r"(?s)no platform plugin.*ended at once, .* 134"):
        smoke.check_desktop(program.path)


@pytest.mark.parametrize(
    ("answer", "code", "passes"),
    [
        ('{"action": "BAN", "rule": "expression-engine", "trace": []}', 0, True),
        (
            '{"action": "NO_ACTION", "rule": null, "trace": [{"rule": "expression-engine"}]}',
            0,
            False,
        ),
        ('{"action": "BAN", "rule": "expression-engine", "trace": []}', 1, False),
    ],
)
def test_scripts_that_do_not_judge_are_named(
    tmp_path: Path,
    answer: str,
    code: int,
    passes: bool,  # noqa: FBT001 - a table
) -> None:
    path = tmp_path / "peerwarden"
    path.write_text(f"#!{sys.executable}\nprint({answer!r})\nraise SystemExit({code})\n")
    path.chmod(0o755)
    if passes:
        smoke.check_scripts(path)
        return
    with pytest.raises(StepFailed, match="its scripts do not judge"):
        smoke.check_scripts(path)
