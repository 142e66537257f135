"""Files that are replaced as a whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from app.adapters import atomic_file
from app.adapters.atomic_file import PRIVATE, replace_file

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    replace_file(file, b"one")
    assert mode_of(file) == PRIVATE

    file.chmod(0o640)
    replace_file(file, b"two")

    assert file.read_bytes() == b"two"
    assert mode_of(file) == 0o640


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.yml", tmp_path / "config.yml"
    target.write_bytes(b"old")
    link.symlink_to(target)

    replace_file(link, b"new")

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("failing", ["fsync", "_replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    file = tmp_path / "config.yml"
    file.write_bytes(b"old")

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if failing == "fsync" else atomic_file, failing, fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(file, b"new")

    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_reader_sees_all_of_the_old_or_all_of_the_new(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    replace_file(file, b"old" * 100_000)
    with file.open("rb") as reader:
        head = reader.read(3)
        if os.name == "posix":
            replace_file(file, b"new" * 100_000)
        assert head + reader.read() == b"old" * 100_000
