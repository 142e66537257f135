"""Building a root, with a debootstrap and a chroot that only pretend."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration import roots
from tests.integration.apt_source import AptSource
from tests.integration.roots import DebianRoot, RootFailed, prepare

SOURCE = AptSource(uri="file:/mirror", suites=("bookworm",), components=("main",))
ROOT = DebianRoot(suite="forky", script="sid", packages=("b", "a"), probe=("b", "--version"))

pytestmark = pytest.mark.skipif(roots.why_not() is not None, reason=str(roots.why_not()))


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that stand before the real ones; `calls` beside it counts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pretend(folder, "debootstrap", f'echo "$@" >> {tmp_path}/calls; mkdir "$4"; touch "$4/file"')
    pretend(folder, "chroot", "true")
    return folder


def pretend(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path.is_dir())


def test_a_root_is_built_once_even_when_two_want_it(tools: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: prepare(ROOT, SOURCE), range(2)))
    assert folders == [ROOT.folder, ROOT.folder]
    assert (ROOT.folder / "file").exists()
    assert ROOT.is_ready
    (call,) = (tools.parent / "calls").read_text().splitlines()
    assert call.startswith("--variant=minbase --include=b,a forky ")
    assert call.endswith(" file:/mirror sid")


@pytest.mark.parametrize("tool", ["debootstrap", "chroot"])
def test_a_half_built_root_does_not_stay(tools: Path, tool: str) -> None:
    pretend(tools, tool, 'mkdir -p "$4"; echo the mirror is away >&2; exit 3')
    with pytest.raises(RootFailed, match="the mirror is away"):
        prepare(ROOT, SOURCE)
    assert not ROOT.is_ready
    assert kept(ROOT.folder) == []


def test_what_a_killed_run_left_is_removed(tools: Path) -> None:
    stale = ROOT.folder.with_name(f".{ROOT.folder.name}.77")
    stale.mkdir(parents=True)
    prepare(ROOT, SOURCE)
    assert kept(ROOT.folder) == [ROOT.folder.name]


def test_another_list_of_packages_is_another_root(tools: Path) -> None:
    other = DebianRoot(suite="forky", packages=("a", "b", "c"), probe=())
    same = DebianRoot(suite="forky", packages=("a", "b"), probe=())
    assert other.folder != ROOT.folder == same.folder


@pytest.mark.parametrize(("required", "status"), [(True, 1), (False, 0)])
def test_only_a_required_root_fails_the_command(
    *,
    tools: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    required: bool,
    status: int,
) -> None:
    pretend(tools, "debootstrap", "exit 1")
    broken = DebianRoot(suite="forky", packages=("a",), probe=(), required=required)
    monkeypatch.setattr(roots, "ROOTS", (broken,))
    monkeypatch.setattr(roots, "debian_source", lambda: SOURCE)
    assert roots.main() == status
    assert "forky FAILED" in capsys.readouterr().err
