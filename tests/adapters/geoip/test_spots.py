"""What rules look at is the same whether it is read field by field or out of whole records."""

from __future__ import annotations

import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.geoip.database import Database
from app.adapters.geoip.reader import GeoReader
from app.adapters.geoip.spots import UnlikeRecords, find_spots
from app.domain.place import NO_SPOT, Spot
from app.services.place_files import DatabaseUnusable, GeoKind
from tests.adapters.geoip.mmdb import mmdb
from tests.adapters.geoip.records import (
    CHINANET,
    CN,
    GOOGLE,
    JINAN,
    TW,
    US,
    asn_file,
    city_file,
    geocn_file,
)

ADDRESSES = [
    ip_address(text)
    for text in ("1.2.3.4", "1.2.200.1", "8.8.8.8", "1.3.3.3", "2400::1", "9.9.9.9", "::1")
]
REVISION_1 = {"isp": "中国移动", "net": "宽带", "province": "四川省", "city": "成都市"}


def databases(folder: Path, **files: bytes) -> dict[GeoKind, Database]:
    found = {}
    for name, content in files.items():
        path = folder / f"{name}.mmdb"
        path.write_bytes(content)
        found[GeoKind(name)] = Database(path, GeoKind(name), folder / "scratch")
    return found


def test_spots_are_found_for_many_addresses_at_once(tmp_path: Path) -> None:
    files = {"city": city_file(), "asn": asn_file(), "geocn": geocn_file()}
    jinan = Spot(country="CN", city="山东省 济南市", asn=4134, net_type="宽带")
    assert find_spots(databases(tmp_path, **files), ADDRESSES) == [
        jinan,
        Spot(country="CN", city="Jinan", asn=4134),
        Spot(country="US", city="Mountain View", asn=15169),
        Spot(country="TW", city="山东省 济南市", net_type="宽带"),
        jinan,
        NO_SPOT,
        NO_SPOT,
    ]
    assert find_spots({}, ADDRESSES) == [NO_SPOT] * len(ADDRESSES)


def test_addresses_at_one_place_share_one_spot(tmp_path: Path) -> None:
    one, other = find_spots(
        databases(tmp_path, city=city_file()), [ip_address("8.8.8.8"), ip_address("8.8.4.4")]
    )
    assert one is other


@pytest.mark.parametrize(
    "files",
    [
        {"geocn": geocn_file(REVISION_1)},
        {"city": mmdb({"8.8.0.0/16": {"country": "US"}, "1.2.0.0/16": CN})},
        {"city": mmdb({"8.8.0.0/16": {"country": {"iso_code": ["US"]}}, "1.2.0.0/16": CN})},
    ],
    ids=["older GeoCN", "flat", "list"],
)
def test_records_of_another_shape_are_read_as_a_whole(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    opened = databases(tmp_path, **{"city": city_file(), "asn": asn_file(), **files})
    with pytest.raises(UnlikeRecords):
        find_spots(opened, ADDRESSES)
    reader = GeoReader(opened)
    assert reader.spots(ADDRESSES) == [reader.look(ip).spot for ip in ADDRESSES]


def test_d30_a_damaged_record_spoils_nobody_elses_spot(tmp_path: Path) -> None:
    # So many sound records stand before it that the check of the whole file does not reach it.
    entries = {f"1.0.{n >> 8}.{n & 255}/32": CHINANET for n in range(2000)}
    record = {"autonomous_system_number": 1, "autonomous_system_organization": "x" * 60}
    content = mmdb({**entries, "1.2.3.4/32": record, "8.8.8.8/32": GOOGLE})
    head = content.rindex(b"\xe2", 0, content.index(b"x" * 60))
    damaged = content[:head] + b"\xff" + content[head + 1 :]
    reader = GeoReader(databases(tmp_path, city=city_file(), asn=damaged))
    broken, google = reader.spots([ip_address("1.2.3.4"), ip_address("8.8.8.8")])
    assert (broken.country, broken.asn) == ("CN", 0)
    assert (google.country, google.asn) == ("US", 15169)


TEXTS = st.sampled_from(("CN", "tw", " US", "null", "", "x" * 201, "济南", "410000"))
VALUES = TEXTS | st.integers(0, 10**13) | st.sampled_from((370100, 110101, 990000))


def _city(iso: object, name: object) -> dict[str, Any]:
    return {"country": {"iso_code": iso}, "city": {"names": {"en": name}}}


@settings(max_examples=60)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES, VALUES), min_size=4, max_size=4))
def test_any_sound_values_give_the_same_spots_either_way(rows: list[tuple[object, ...]]) -> None:
    blocks = [f"1.2.{number}.0/24" for number in range(4)]
    cities: dict[str, Any] = {"8.8.0.0/16": US, "1.3.0.0/16": TW}
    systems: dict[str, Any] = {"8.8.8.0/24": GOOGLE}
    chinese: dict[str, Any] = {"1.3.3.0/24": JINAN}
    for block, (iso, city, number, division, kind) in zip(blocks, rows, strict=True):
        cities[block] = _city(iso, city)
        systems[block] = {"autonomous_system_number": number}
        chinese[block] = {"division_code": division, "type": kind}
    ips = [*(ip_address(f"1.2.{number}.7") for number in range(4)), *ADDRESSES]
    with tempfile.TemporaryDirectory() as folder:
        try:
            opened = databases(
                Path(folder), city=mmdb(cities), asn=mmdb(systems), geocn=mmdb(chinese)
            )
        except DatabaseUnusable:
            return
        reader = GeoReader(opened)
        assert find_spots(opened, ips) == [reader.look(ip).spot for ip in ips]
