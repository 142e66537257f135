"""The folder of the databases: what comes is checked before it takes a place."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from app.adapters.geoip import files as module
from app.adapters.geoip.files import NAMES, GeoFiles
from app.locale.texts import say
from app.services.place_files import DatabaseUnusable, GeoKind
from tests.adapters.geoip.records import city_file

GOOGLE = ip_address("8.8.8.8")


@pytest.fixture
def files(tmp_path: Path) -> GeoFiles:
    return GeoFiles(tmp_path / "geoip", tmp_path / "cache")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.mmdb"
    path.write_bytes(city_file())
    return path


def test_without_a_folder_nothing_is_known(files: GeoFiles) -> None:
    opened = files.refresh()
    assert {file.size for file in opened.files.values()} == {None}
    assert not opened.reader.look(GOOGLE).country


def test_the_reader_stays_the_same_while_nothing_changes(files: GeoFiles, given: Path) -> None:
    files.adopt(GeoKind.CITY, given)
    first = files.refresh()
    assert files.refresh().reader is first.reader
    files.adopt(GeoKind.CITY, given)
    second = files.refresh()
    assert second.reader is not first.reader
    # Whoever still holds the old one may go on asking it.
    assert first.reader.look(GOOGLE) == second.reader.look(GOOGLE)


def test_what_is_too_large_is_refused(
    files: GeoFiles, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 1000)
    with pytest.raises(DatabaseUnusable) as caught:
        files.adopt(GeoKind.CITY, given)
    assert "larger than" in say(caught.value.text)
    assert list((tmp_path / "geoip").iterdir()) == []


def test_an_abandoned_download_is_discarded(files: GeoFiles) -> None:
    target = files.target(GeoKind.ASN)
    target.write_bytes(b"half of it")
    files.discard(GeoKind.ASN)
    files.discard(GeoKind.ASN)
    assert not target.exists()


def test_a_folder_in_the_place_of_a_file_is_a_problem_and_no_crash(
    files: GeoFiles, tmp_path: Path
) -> None:
    (tmp_path / "geoip" / NAMES[GeoKind.CITY]).mkdir(parents=True)
    problem = files.refresh().files[GeoKind.CITY].problem
    assert problem is not None
    assert "cannot be read" in say(problem)
