"""A file is a sound database of its kind, or says why not; nothing else ever comes out of it."""

from __future__ import annotations

import tempfile
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.geoip.database import Database, sweep_scratch
from app.adapters.geoip.reader import GeoReader
from app.domain.reason import Text
from app.services.place_files import DatabaseUnusable, GeoKind
from tests.adapters.geoip.mmdb import mmdb
from tests.adapters.geoip.records import CHINANET, GOOGLE, asn_file, city_file, geocn_file

SOUND = {GeoKind.CITY: city_file(), GeoKind.ASN: asn_file(), GeoKind.GEOCN: geocn_file()}


def opened(folder: Path, content: bytes, kind: GeoKind = GeoKind.CITY) -> Database:
    path = folder / "given.mmdb"
    path.write_bytes(content)
    return Database(path, kind, folder / "scratch")


def refusal(folder: Path, content: bytes, kind: GeoKind = GeoKind.CITY) -> Text:
    with pytest.raises(DatabaseUnusable) as caught:
        opened(folder, content, kind)
    return caught.value.why


@pytest.mark.parametrize("kind", GeoKind)
def test_a_sound_file_opens_and_tells_when_it_was_made(tmp_path: Path, kind: GeoKind) -> None:
    database = opened(tmp_path, SOUND[kind], kind)
    assert database.built == 1_700_000_000_000
    found = database.find(ip_address("1.2.3.4"))
    assert found is not None
    assert found[1] == (24 if kind is GeoKind.GEOCN else 16)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 5000, b"<html>no such file</html>", bytes(range(256)) * 99],
    ids=["empty", "zeros", "page", "random"],
)
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).id == "place-file-damaged"


def test_half_a_database_is_refused(tmp_path: Path) -> None:
    whole = city_file()
    assert refusal(tmp_path, whole[: len(whole) // 2]).id == "place-file-damaged"
    assert refusal(tmp_path, whole[len(whole) // 2 :]).id == "place-file-damaged"


@pytest.mark.parametrize("kind", GeoKind)
@pytest.mark.parametrize("other", GeoKind)
def test_a_database_of_another_kind_is_refused(
    tmp_path: Path, kind: GeoKind, other: GeoKind
) -> None:
    if kind is not other:
        assert refusal(tmp_path, SOUND[other], kind) == Text("place-file-other-kind")


def test_a_database_of_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, mmdb({})) == Text("place-file-empty")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable):
        Database(tmp_path / "none.mmdb", GeoKind.CITY, tmp_path / "scratch")


def test_a_file_that_is_cut_while_it_is_open_goes_on_answering(tmp_path: Path) -> None:
    database = opened(tmp_path, city_file())
    (tmp_path / "given.mmdb").write_bytes(b"")
    assert database.find(ip_address("1.2.3.4")) is not None


def test_private_copies_leave_no_litter(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    kept = [opened(tmp_path, city_file()) for _ in range(2)]
    refusal(tmp_path, b"")
    (scratch / "killed-abc.mmdb").write_bytes(b"of an earlier run")
    sweep_scratch(scratch)
    assert not list(scratch.glob("killed*"))
    assert all(database.find(ip_address("8.8.8.8")) for database in kept)
    kept.clear()
    sweep_scratch(scratch)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("version", [4, 6])
def test_a_column_holds_one_field_of_many_records(tmp_path: Path, version: int) -> None:
    entries = {"8.8.8.0/24": GOOGLE, "1.2.0.0/16": CHINANET}
    database = opened(tmp_path, mmdb(entries, ip_version=version), GeoKind.ASN)
    numbers = database.column(ADDRESSES, ("autonomous_system_number",))
    assert numbers == [4134, 15169, None, None, None]
    assert database.column(ADDRESSES, ("isp",)) == [None] * 5


def test_a_column_through_what_has_no_parts_is_unusable(tmp_path: Path) -> None:
    database = opened(tmp_path, mmdb({"8.8.8.0/24": {"country": "US"}}))
    with pytest.raises(DatabaseUnusable):
        database.column(ADDRESSES, ("country", "iso_code"))


ADDRESSES = [ip_address(text) for text in ("1.2.3.4", "8.8.8.8", "2400::1", "::1", "240.0.0.1")]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[GeoKind, bytes]:
    kind = draw(st.sampled_from(GeoKind))
    content = bytearray(SOUND[kind])
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content) - 1))
        content[at] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        content = content[: draw(st.integers(0, len(content)))]
    return kind, bytes(content)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(damaged())
def test_a_damaged_file_is_refused_or_answers_something(given: tuple[GeoKind, bytes]) -> None:
    kind, content = given
    with tempfile.TemporaryDirectory() as folder:
        try:
            database = opened(Path(folder), content, kind)
        except DatabaseUnusable:
            return
        others = {
            other: opened(Path(folder), SOUND[other], other)
            for other in GeoKind
            if other is not kind
        }
        reader = GeoReader({**others, kind: database})
        for ip in ADDRESSES:
            reader.look(ip)
        assert len(reader.spots(ADDRESSES)) == len(ADDRESSES)
