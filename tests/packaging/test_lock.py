"""The locks are complete, portable and agree with each other and with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import environment
import steps

LOCKS = (environment.LOCK, environment.DEV_LOCK)
PROJECT: dict[str, Any] = tomllib.loads((steps.ROOT / "pyproject.toml").read_text("utf-8"))

_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)(?P<rest>.*)$", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Name to version of everything that `lock` holds."""
    return {found["name"]: found["version"] for found in _PIN.finditer(lock.read_text("ascii"))}


def declared(requirements: list[str]) -> list[Requirement]:
    """The parsed requirements of one list of pyproject.toml."""
    return [Requirement(line) for line in requirements]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_no_address_no_path_and_no_option(lock: Path) -> None:
    text = lock.read_text("ascii")

    assert "://" not in text
    assert "/" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_of_a_lock_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text("ascii").strip())

    assert len(entries) == len(pins(lock))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        (environment.LOCK, PROJECT["project"]["dependencies"]),
        (environment.DEV_LOCK, PROJECT["project"]["dependencies"]),
        (environment.DEV_LOCK, PROJECT["dependency-groups"]["dev"]),
    ],
    ids=("runtime", "runtime in dev", "dev"),
)
def test_every_declared_dependency_is_locked_in_its_range(
    lock: Path, requirements: list[str]
) -> None:
    locked = pins(lock)

    for requirement in declared(requirements):
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_dev_lock_holds_the_runtime_lock_as_it_is() -> None:
    assert pins(environment.LOCK).items() <= pins(environment.DEV_LOCK).items()


def test_qt_stays_below_the_release_that_crashes_on_python_3_11() -> None:
    assert pins(environment.LOCK)["pyside6-essentials"].startswith("6.11.")
