"""Sets a checkout up, runs it, and checks it; the standard library is all it needs itself."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11) or sys.version_info >= (3, 14):
    sys.exit(f"PeerWarden needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}")

import argparse
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import environment
import smoke
import system_packages
from environment import PYTHON
from steps import ROOT, Command, Report, beside, execute

CHECKED = ("app", "tests", "packaging")
WITHOUT_QT = frozenset(
    ("--headless", "--demo-server-only", "--version", "--help", "-h", "export", "check", "simulate")
)
"""A word of these on the command line means that no window will open."""

BUILT = ROOT / "dist" / "peerwarden" / "peerwarden"
UV = ROOT / "build" / "uv" / environment.tool("uv").relative_to(environment.VENV)
LOCK_OPTIONS = (
    *("--universal", "--python-version=3.11", "--generate-hashes", "--quiet"),
    # No trace of where and how it was made: it installs from any index, and its diffs are short.
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


def run(arguments: Sequence[str]) -> int:
    """Start the program from the checkout; relative paths mean the caller's folder."""
    # Standard output belongs to the program.
    report = Report(stream=sys.stderr)
    windowed = WITHOUT_QT.isdisjoint(arguments) and not os.environ.get("PEERWARDEN_HEADLESS")
    if not _set_up(report, system_packages.DESKTOP if windowed else (), environment.LOCK):
        return 1
    command = [str(PYTHON), "-m", "app", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    if sys.platform == "win32":
        return subprocess.run(command, env=env, check=False).returncode
    return os.execve(PYTHON, command, env)  # noqa: S606 - becomes the program, so that signals reach it


def test(only: Sequence[str]) -> int:
    """Run what CI runs, all of it even if something fails, or the parts named in `only`."""
    report = Report()
    static = only and not NEEDING_PACKAGES.intersection(only)
    if not _set_up(report, () if static else system_packages.TESTS, environment.DEV_LOCK):
        return report.summary()
    for name, part in PARTS.items():
        if not only or name in only:
            report.step(name, part)
    return report.summary()


def build(_: Sequence[str]) -> int:
    """Freeze the program into dist/peerwarden."""
    return _tested("build", _freeze)


def bench(arguments: Sequence[str]) -> int:
    """Measure sweeps, loop steps and memory against the demo."""
    command: Command = (PYTHON, "-m", "tests.bench", *arguments)
    return _tested("bench", partial(execute, command, limit=3600, shown=True))


def soak(arguments: Sequence[str]) -> int:
    """Run the long forms of the tests that have one."""
    options = ("--hypothesis-profile=soak", "-m", "soak", *arguments)
    command: Command = (PYTHON, "-m", "pytest", *options, "tests")
    return _tested("soak", partial(execute, command, limit=24 * 3600, shown=True))


def screenshots(arguments: Sequence[str]) -> int:
    """Take the pictures of the README."""
    command: Command = (PYTHON, "-m", "tests.screenshots", *arguments)
    return _tested("screenshots", partial(execute, command, limit=1800, shown=True))


def messages(_: Sequence[str]) -> int:
    """Bring the translations up to date with the sources and compile them."""
    command: Command = (PYTHON, ROOT / "packaging" / "catalogues.py")
    return _tested("messages", partial(execute, command, limit=300, shown=True), packages=())


def lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies of pyproject.toml again; `--upgrade` takes newer versions."""
    report = Report()
    passed = report.step("uv", _ensure_uv)
    for target, more in (
        (environment.LOCK, ()),
        (environment.DEV_LOCK, ("--constraint", environment.LOCK, "--group", "dev")),
    ):
        command = (UV, "pip", "compile", "pyproject.toml", *LOCK_OPTIONS, *more, *arguments)
        output = ("--output-file", target)
        passed = passed and report.step(
            target.name, partial(execute, (*command, *output), limit=300)
        )
    return 0 if passed else 1


def _ensure_uv() -> None:
    if not UV.exists():
        folder = UV.parent.parent
        execute((sys.executable, "-m", "venv", folder), limit=300)
        python = UV.with_name(PYTHON.name)
        execute((python, "-m", "pip", "install", "--quiet", "uv>=0.9"), limit=600)


def _set_up(report: Report, packages: Sequence[str], lock_file: Path) -> bool:
    if packages and not report.step("system packages", partial(system_packages.ensure, packages)):
        return False
    return report.step("dependencies", partial(environment.ensure, lock_file))


def _tested(
    name: str,
    action: Callable[[], None],
    packages: Sequence[str] = system_packages.TESTS,
) -> int:
    """Run one step with everything set up as for the tests."""
    report = Report()
    ready = _set_up(report, packages, environment.DEV_LOCK)
    return 0 if ready and report.step(name, action) else 1


def _freeze() -> None:
    spec = ROOT / "packaging" / "peerwarden.spec"
    folders = (f"--distpath={ROOT / 'dist'}", f"--workpath={ROOT / 'build' / 'pyinstaller'}")
    command: Command = (
        PYTHON,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level=WARN",
        *folders,
        spec,
    )
    execute(command, limit=600)


def _smoke() -> None:
    _freeze()
    smoke.check_headless(BUILT)
    smoke.check_scripts(BUILT)
    smoke.check_desktop(BUILT)


def _tool(*words: str, limit: float = 300, shown: bool = False) -> Callable[[], None]:
    command: Command = (environment.tool(words[0]), *words[1:])
    return partial(execute, command, limit=limit, shown=shown)


def _tests() -> None:
    """Those of daemons and whole programs mostly wait: beside all others they cost half the time."""
    lab, marked = "tests/integration", "not alone and not soak"
    pytest: Command = (environment.tool("pytest"), "-q", "-m", marked)
    with beside((*pytest, f"--ignore={lab}", "tests"), limit=2700):
        execute((*pytest, lab), limit=2700, shown=True)


PARTS: dict[str, Callable[[], None]] = {
    "format": _tool("ruff", "format", "--check", "--output-format=concise", *CHECKED),
    "lint": _tool("ruff", "check", "--output-format=concise", *CHECKED),
    "types": _tool("mypy", "--strict", *CHECKED, limit=600),
    "imports": _tool("lint-imports"),
    # Newer daemons, each in a root of its own; made once and kept between runs.
    "daemons": _tool("python", "-m", "tests.integration.roots", limit=900, shown=True),
    "tests": _tests,
    "timed": _tool("pytest", "-q", "-m", "alone", "tests", limit=600, shown=True),
    "smoke": _smoke,
}
NEEDING_PACKAGES = frozenset(("daemons", "tests", "timed", "smoke"))

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "bench": bench,
    "soak": soak,
    "build": build,
    "screenshots": screenshots,
    "lock": lock,
    "messages": messages,
}


def main() -> int:
    """Parse the command line and run its command; the exit code is 0 when all went well."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("test", help=_summary(test))
    check.add_argument("--only", metavar="PART", action="append", default=[], choices=PARTS)
    for name, command in COMMANDS.items():
        # Without -h: what follows is for the program that the command starts.
        commands.add_parser(name, help=_summary(command), add_help=False)
    chosen, rest = parser.parse_known_args()
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if chosen.command != "test":
        return COMMANDS[chosen.command](rest)
    if rest:
        parser.error(f"unknown: {' '.join(rest)}")
    return test(chosen.only)


def _summary(command: Callable[..., object]) -> str:
    return (command.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
