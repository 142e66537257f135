"""Steps run to the end, are bounded in time, and say how they went."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from steps import Report, StepFailed, beside, execute
from tests.swarm.waiting import wait_for


def python(code: str) -> tuple[str, ...]:
    """A command that runs `code`."""
    return (sys.executable, "-c", code)


def test_a_command_that_succeeds_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    execute(python("print('chatter')"), limit=30)

    assert capfd.readouterr().out == ""


def test_a_shown_command_prints_as_it_goes(capfd: pytest.CaptureFixture[str]) -> None:
    execute(python("print('3 passed')"), limit=30, shown=True)

    assert capfd.readouterr().out == "3 passed\n"


def test_a_failing_command_hands_over_its_output_and_code() -> None:
    with pytest.raises(StepFailed, match=r"(?s)what went wrong.*exit code 3: "):
        execute(python("print('what went wrong'); raise SystemExit(3)"), limit=30)


def test_a_command_that_does_not_exist_is_a_failed_step() -> None:
    with pytest.raises(StepFailed, match="cannot start no-such-command"):
        execute(("no-such-command",), limit=30)


def test_a_command_that_takes_too_long_may_clean_up_and_is_stopped() -> None:
    code = (
        "import signal\n"
        "try:\n"
        "    signal.pause()\n"
        "except KeyboardInterrupt:\n"
        "    print('cleaned up', flush=True)\n"
    )

    with pytest.raises(StepFailed, match=r"(?s)cleaned up.*stopped after 1 s"):
        execute(python(code), limit=1)


def test_what_a_command_leaves_running_ends_with_it(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    code = (
        "import subprocess\n"
        f"with open({str(held)!r}, 'w') as fifo:\n"
        "    subprocess.Popen(('tail', '-f', '/dev/null'), stdout=fifo)\n"
    )

    execute(python(code), limit=30)

    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""  # comes when nobody holds the other end any more
    os.close(reader)


def test_what_runs_beside_another_tells_at_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    with beside(python("print('2 passed')"), limit=30):
        execute(python("print('3 passed')"), limit=30, shown=True)

    assert capfd.readouterr().out == "3 passed\n2 passed\n"


def test_each_of_two_side_by_side_runs_to_its_end_and_both_failures_are_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    slow = "import time; time.sleep(0.5); print('late'); raise SystemExit(3)"

    with (
        pytest.raises(StepFailed, match=r"(?s)exit code 2: .*exit code 3: "),
        beside(python(slow), limit=30),
    ):
        execute(python("raise SystemExit(2)"), limit=30)

    assert capfd.readouterr().out == "late\n"


def test_one_that_fails_fails_the_step_though_the_other_passes() -> None:
    with (
        pytest.raises(StepFailed, match="exit code 3: "),
        beside(python("raise SystemExit(3)"), limit=30),
    ):
        execute(python("pass"), limit=30)


def test_what_runs_beside_ends_with_whoever_is_interrupted(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, signal; open({str(pid)!r}, 'w').write(str(os.getpid())); signal.pause()"

    def interrupted() -> None:
        with beside(python(code), limit=30):
            assert wait_for(lambda: pid.exists() and pid.read_text(), 10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_variable_is_added_to_the_environment(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os; print(os.environ['ADDED'], 'PATH' in os.environ)"

    execute(python(code), limit=30, env={"ADDED": "yes"}, shown=True)

    assert capfd.readouterr().out == "yes True\n"


def fail() -> None:
    """A step that fails."""
    message = "the reason"
    raise StepFailed(message)


def test_a_report_goes_on_behind_a_failure_and_sums_up() -> None:
    report = Report(stream=io.StringIO())

    assert not report.step("first", fail)
    assert report.step("second", os.getpid)
    assert report.summary() == 1

    lines = str(report.stream.getvalue()).splitlines()  # type: ignore[attr-defined]  # a StringIO
    assert lines[0] == "the reason"
    assert lines[1].split()[:2] == ["first", "FAILED"]
    assert lines[2].split()[:2] == ["second", "ok"]
    assert lines[-1].startswith("1 of 2 steps failed, ")


def test_a_report_without_failure_is_exit_code_0() -> None:
    report = Report(stream=io.StringIO())

    assert report.step("only", os.getpid)
    assert report.summary() == 0
