"""The virtual environment is filled once per lock, and again when the lock changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import environment
from steps import StepFailed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all tests keep the one environment that takes seconds to make."""
    return tmp_path_factory.mktemp("checkout") / ".venv"


@pytest.fixture
def checkout(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout with empty locks, of which nothing is installed yet."""
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "PYTHON", folder / "bin" / "python")
    for name in ("LOCK", "DEV_LOCK"):
        lock = tmp_path / f"{name.lower()}.txt"
        lock.write_text("# nothing\n", encoding="ascii")
        monkeypatch.setattr(environment, name, lock)
        (folder / f"installed-{lock.name}").unlink(missing_ok=True)


@pytest.mark.usefixtures("checkout")
def test_the_environment_is_made_once() -> None:
    assert environment.ensure(environment.LOCK)
    assert environment.PYTHON.exists()
    assert not environment.ensure(environment.LOCK)
    assert environment.ensure(environment.DEV_LOCK)
    assert not environment.ensure(environment.LOCK)


@pytest.mark.usefixtures("checkout")
def test_a_changed_lock_is_installed_again() -> None:
    environment.ensure(environment.DEV_LOCK)
    environment.LOCK.write_text("# changed\n", encoding="ascii")

    assert not environment.ensure(environment.DEV_LOCK)
    assert environment.ensure(environment.LOCK)
    assert not environment.ensure(environment.LOCK)


@pytest.mark.usefixtures("checkout")
def test_a_failed_installation_is_tried_again() -> None:
    environment.LOCK.write_text("no-hash==1\n", encoding="ascii")

    for _ in range(2):
        with pytest.raises(StepFailed, match="exit code"):
            environment.ensure(environment.LOCK)


@pytest.mark.usefixtures("checkout")
def test_an_environment_whose_python_is_gone_is_made_anew() -> None:
    environment.ensure(environment.LOCK)
    shutil.rmtree(environment.PYTHON.parent)

    assert environment.ensure(environment.LOCK)
    assert environment.PYTHON.exists()


def test_a_tool_is_found_in_the_environment() -> None:
    assert environment.tool("pytest").exists()
