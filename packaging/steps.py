"""Runs the steps of a set-up or a check, one line each, and sums them up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO, TypeAlias

ROOT = Path(__file__).resolve().parent.parent

Command: TypeAlias = Sequence[str | Path]

_GRACE = 20.0
"""Seconds that a command gets to clean up after its time is over."""


class StepFailed(Exception):
    """A step did not do its work; the text is what to show for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one step went."""

    name: str
    passed: bool
    seconds: float


@dataclass(slots=True)
class Report:
    """Runs steps one after the other, also behind a failed one, and remembers how each went."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    results: list[Result] = field(default_factory=list)

    def step(self, name: str, action: Callable[[], object]) -> bool:
        """Run `action`, print its line; a StepFailed is printed and makes the step a failed one."""
        if self.stream.isatty():
            self._say(f"{name} …", end="\r")
        started = time.monotonic()
        try:
            action()
        except StepFailed as failure:
            self._say(str(failure))
            passed = False
        else:
            passed = True
        result = Result(name=name, passed=passed, seconds=time.monotonic() - started)
        self.results.append(result)
        self._say(_line(result))
        return passed

    def summary(self) -> int:
        """Print all steps once more; the exit code is 0 when every one passed."""
        failed = sum(not result.passed for result in self.results)
        total = sum(result.seconds for result in self.results)
        self._say("\nSummary")
        for result in self.results:
            self._say("  " + _line(result))
        verdict = f"{failed} of {len(self.results)} steps failed" if failed else "all steps passed"
        self._say(f"{verdict}, {total:.1f} s")
        return 1 if failed else 0

    def _say(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=self.stream, flush=True)


def execute(
    command: Command,
    *,
    limit: float,
    env: Mapping[str, str] | None = None,
    shown: bool = False,
) -> None:
    """Run `command` in the project's root, printing what it says only if `shown`.

    Raises StepFailed, with the output if it was not shown, when the command fails or takes longer
    than `limit` seconds. Whatever it leaves running in its process group ends with it.
    """
    # A file, not a pipe: a daemon that outlives the command would keep a pipe open.
    with tempfile.TemporaryFile() as output:
        process = _start(command, None if shown else output, env)
        if failure := _wait(process, limit):
            raise StepFailed(f"{_said(output)}\n{_named(failure, command)}".lstrip())


@contextlib.contextmanager
def beside(command: Command, *, limit: float) -> Iterator[None]:
    """Run `command` as `execute` does beside what is done within, and print at the end what it said.

    Both run to their ends. Raises StepFailed when one of them failed.
    """
    failures: list[str] = []
    with tempfile.TemporaryFile() as output:
        process = _start(command, output, None)
        try:
            try:
                yield
            except StepFailed as inner:
                failures.append(str(inner))
            if failure := _wait(process, limit):
                failures.append(_named(failure, command))
        finally:
            _end(process)
        print(_said(output), flush=True)
    if failures:
        raise StepFailed("\n".join(failures))


def _start(
    command: Command, output: IO[bytes] | None, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own; what it says goes to `output`, or else is shown."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    try:
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env=None if env is None else {**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        message = f"cannot start {words[0]}: {error.strerror}"
        raise StepFailed(message) from error


def _said(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode("utf-8", "replace").rstrip()


def _named(failure: str, command: Command) -> str:
    return f"{failure}: {' '.join(map(str, command))}"


def _wait(process: subprocess.Popen[bytes], limit: float) -> str:
    """Wait for the process and end its group; what went wrong, empty if nothing did."""
    try:
        code = process.wait(limit)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)  # pytest tears its daemons down
        return f"stopped after {limit:.0f} s"
    finally:
        _end(process)
    return f"exit code {code}" if code else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and its group, as far as they still run."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _line(result: Result) -> str:
    return f"{result.name:<28} {'ok' if result.passed else 'FAILED':<7}{result.seconds:7.1f} s"
