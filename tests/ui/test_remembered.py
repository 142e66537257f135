"""What is remembered survives, and a broken file costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.remembered import Remembered


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    remembered.put("window", {"tab": "bans"})
    remembered.put("names", ["一", "二"])
    remembered.save()
    again = Remembered(tmp_path)
    assert again.area("window") == {"tab": "bans"}
    assert again.get("names") == ["一", "二"]
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["desktop.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"window": 3}', "[" * 100_000, "\udcff"])
def test_a_broken_file_is_made_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cache" / "desktop.json"
    file.parent.mkdir()
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    remembered = Remembered(tmp_path)
    assert remembered.area("window") == {}
    remembered.put("a", 1)
    remembered.save()
    assert Remembered(tmp_path).get("a") == 1


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    remembered = Remembered(tmp_path)
    remembered.put("a", 1)
    remembered.save()
