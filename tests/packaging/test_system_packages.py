"""Missing packages of the system are recognised, installed by root, and named to everybody else."""

from __future__ import annotations

from pathlib import Path

import pytest

import system_packages
from steps import StepFailed


@pytest.fixture
def dpkg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system whose dpkg knows three packages; apt-get writes down what it is asked."""
    known = (
        "installed libegl1 libegl-vendor",
        "installed libglib2.0-0t64 libglib2.0-0 (= 2.84.0-1), libglib-gone",
        "config-files openbox x-window-manager",
    )
    asked = tmp_path / "asked"
    asked.touch()
    for name, body in (
        ("dpkg-query", "printf '%s\\n' " + " ".join(f"'{line}'" for line in known)),
        ("apt-get", f"echo $RUNLEVEL $DEBIAN_FRONTEND $@ >> {asked}"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return asked


@pytest.mark.usefixtures("dpkg")
def test_what_is_removed_or_unknown_is_missing_and_what_is_provided_is_not() -> None:
    wanted = ("libegl1", "libglib2.0-0", "openbox", "xvfb")

    assert system_packages.missing(wanted) == ("openbox", "xvfb")


def test_root_installs_what_is_missing_without_starting_services(
    dpkg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert system_packages.ensure(("xvfb", "libegl1", "xauth")) == ("xvfb", "xauth")
    assert dpkg.read_text().splitlines() == [
        "1 noninteractive update",
        "1 noninteractive install --yes --no-install-recommends xvfb xauth",
    ]


def test_nothing_is_asked_of_apt_when_all_is_there(
    dpkg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert system_packages.ensure(("libegl1",)) == ()
    assert dpkg.read_text() == ""


def test_others_are_told_the_one_command(dpkg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with pytest.raises(StepFailed, match=r"please run: sudo apt-get update && .* xvfb$"):
        system_packages.ensure(("libegl1", "xvfb"))
    assert dpkg.read_text() == ""


def test_a_system_without_dpkg_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert system_packages.ensure(("xvfb",)) == ()
