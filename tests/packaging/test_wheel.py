"""A wheel holds the program, its resources and its translations, and starts by two names."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from app.version import __version__
from steps import ROOT, execute


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    execute(
        (sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={folder}"),
        limit=120,
    )
    (built,) = folder.iterdir()
    with zipfile.ZipFile(built) as opened:
        yield opened


def test_every_module_and_resource_is_in_it(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())

    assert {f"app/{path}" for path in files("app", "*.py")} <= held
    assert {f"app/{path}" for path in files("app", "*.mo")} <= held
    assert {f"app/resources/{path}" for path in files("resources", "*.*")} <= held


def test_nothing_else_is_in_it(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert tops == {"app", f"peerwarden-{__version__}.dist-info"}


def test_it_starts_by_the_name_of_the_program(wheel: zipfile.ZipFile) -> None:
    entries = wheel.read(f"peerwarden-{__version__}.dist-info/entry_points.txt").decode()

    assert "[console_scripts]\npeerwarden = app.cli:main\n" in entries
    assert "[gui_scripts]\npeerwarden-gui = app.cli:main\n" in entries


def test_it_does_not_ask_for_what_only_tests_need(wheel: zipfile.ZipFile) -> None:
    metadata = wheel.read(f"peerwarden-{__version__}.dist-info/METADATA").decode()
    asked = {
        Requirement(line.partition(": ")[2]).name
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist: ")
    }

    assert "pytest" not in asked
    assert "aiohttp" in asked


def files(folder: str, pattern: str) -> list[str]:
    """What lies below `folder`, relative to it."""
    root: Path = ROOT / folder
    return [
        path.relative_to(root).as_posix()
        for path in root.rglob(pattern)
        if "__pycache__" not in path.parts
    ]
