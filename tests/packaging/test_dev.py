"""The set-up script hands over to the program, and refuses what it does not know."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.version import __version__
from steps import ROOT


def dev(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run packaging/dev.py in `folder`."""
    command: tuple[str | Path, ...] = (sys.executable, ROOT / "packaging" / "dev.py", *arguments)
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_program_runs_from_any_folder_and_has_standard_output_to_itself(
    tmp_path: Path,
) -> None:
    (tmp_path / "app").mkdir()  # is not mistaken for ours

    done = dev("run", "--version", folder=tmp_path)

    assert done.stdout == f"PeerWarden {__version__}\n"
    assert done.returncode == 0


def test_the_exit_code_of_the_program_is_handed_on() -> None:
    assert dev("run", "--headless", "--api-port=many").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("tset",), ("test", "--only", "everything"), ("test", "tests/domain")],
    ids=" ".join,
)
def test_what_it_does_not_know_is_wrong_use(arguments: tuple[str, ...]) -> None:
    done = dev(*arguments)

    assert done.returncode == 2
    assert "usage: dev.py" in done.stderr


def test_its_commands_are_explained() -> None:
    explained = dev("--help").stdout

    for command in ("run", "test", "bench", "soak", "build", "screenshots", "lock", "messages"):
        assert f"\n    {command} " in explained or f"\n    {command}\n" in explained


def test_ci_runs_the_same_as_everybody() -> None:
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").endswith("exec python3 packaging/dev.py test\n")
