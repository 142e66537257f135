"""Databases are merged by the rules of reference/rules.md 4.3; its vectors Z1 to Z4 stand here."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from app.adapters.geoip.database import Database
from app.adapters.geoip.reader import GeoReader
from app.domain.place import UNKNOWN, Place
from app.services.place_files import GeoKind
from tests.adapters.geoip.mmdb import mmdb
from tests.adapters.geoip.records import CHINANET, JINAN, asn_file, city_file, geocn_file

Reading = Callable[..., GeoReader]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def read(**files: bytes) -> GeoReader:
        databases = {}
        for name, content in files.items():
            kind = GeoKind(name)
            path = tmp_path / f"{name}.mmdb"
            path.write_bytes(content)
            databases[kind] = Database(path, kind, tmp_path / "scratch")
        return GeoReader(databases)

    return read


def look(reader: GeoReader, text: str) -> Place:
    return reader.look(ip_address(text))


def test_z1_outside_of_china_geocn_is_not_asked(reading: Reading) -> None:
    reader = reading(city=city_file(), asn=asn_file(), geocn=geocn_file())
    assert look(reader, "8.8.8.8") == Place(
        country="US",
        country_name="United States",
        city="Mountain View",
        city_code=5375480,
        asn=15169,
        organisation="GOOGLE",
        network=ip_network("8.8.8.0/24"),
        isp="GOOGLE",
    )


@pytest.mark.parametrize("address", ["1.2.3.4", "2400::1"])
def test_z2_in_china_geocn_has_the_last_word(reading: Reading, address: str) -> None:
    place = look(reading(city=city_file(), asn=asn_file(), geocn=geocn_file()), address)
    assert place == Place(
        country="CN",
        country_name="China",
        city="山东省 济南市",
        city_code=370100,
        province="山东省",
        cn_city="济南市",
        asn=4134,
        organisation="Chinanet",
        network=ip_network("1.2.3.0/24" if "." in address else "2400::/24"),
        isp="电信",
        net_type="宽带",
    )


def test_z3_what_geocn_does_not_know_stays_as_it_was(reading: Reading) -> None:
    place = look(reading(city=city_file(), asn=asn_file(), geocn=geocn_file()), "1.2.200.1")
    assert (place.country, place.city, place.isp) == ("CN", "Jinan", "Chinanet")
    assert (place.net_type, place.network) == ("", ip_network("1.2.0.0/16"))


def test_z4_without_the_asn_database_there_is_no_system_and_no_network(reading: Reading) -> None:
    reader = reading(city=city_file(), geocn=geocn_file())
    for address in ("8.8.8.8", "1.2.3.4"):
        place = look(reader, address)
        assert (place.asn, place.organisation, place.network) == (0, "", None)
    assert look(reader, "8.8.8.8").isp == ""
    assert look(reader, "1.2.3.4").isp == "电信"


def test_geocn_is_asked_for_taiwan_too_however_its_code_is_written(reading: Reading) -> None:
    place = look(reading(city=city_file(), geocn=geocn_file()), "1.3.3.3")
    assert (place.country, place.city, place.net_type) == ("TW", "山东省 济南市", "宽带")


def test_a_district_of_beijing_names_all_levels(reading: Reading) -> None:
    record = {"division_code": "110101", "isp": "联通", "type": "专线"}
    place = look(reading(city=city_file(), geocn=geocn_file(record)), "1.2.3.4")
    assert place.city == "北京市 北京市 东城区"
    assert (place.province, place.cn_city, place.districts) == ("北京市", "北京市", "东城区")


REVISION_1 = {
    "isp": "中国移动",
    "net": "宽带",
    "province": "四川省",
    "provinceCode": 51,
    "city": "成都市",
    "cityCode": 5101,
    "districts": "武侯区",
    "districtsCode": 510107,
}


def test_the_older_geocn_is_read_too(reading: Reading) -> None:
    place = look(reading(city=city_file(), asn=asn_file(), geocn=geocn_file(REVISION_1)), "1.2.3.4")
    assert (place.city, place.city_code) == ("四川省 成都市 武侯区", 86510107)
    assert (place.province, place.cn_city, place.districts) == ("四川省", "成都市", "武侯区")
    assert (place.isp, place.net_type) == ("中国移动", "宽带")


@pytest.mark.parametrize(
    ("missing", "city", "code"),
    [
        ({"districts": "", "districtsCode": 0}, "四川省 成都市", 865101),
        ({"districts": "null", "districtsCode": "null"}, "四川省 成都市", 865101),
        ({"city": "", "cityCode": 0, "districts": "", "districtsCode": 0}, "四川省", 8651),
    ],
)
def test_d30_missing_parts_of_the_older_geocn_are_not_printed_as_null(
    reading: Reading, missing: dict[str, Any], city: str, code: int
) -> None:
    place = look(reading(city=city_file(), geocn=geocn_file({**REVISION_1, **missing})), "1.2.3.4")
    assert (place.city, place.city_code) == (city, code)


@pytest.mark.parametrize(
    "record",
    [
        {"division_code": 0, "isp": "电信", "type": "宽带"},
        {"division_code": 990000, "isp": "电信", "type": "宽带"},
        {"division_code": [1], "isp": {}, "type": 7},
        {"province": "", "provinceCode": 0, "isp": "电信"},
    ],
)
def test_a_geocn_record_that_names_no_place_is_ignored(
    reading: Reading, record: dict[str, Any]
) -> None:
    place = look(reading(city=city_file(), asn=asn_file(), geocn=geocn_file(record)), "1.2.3.4")
    assert (place.city, place.isp, place.net_type) == ("Jinan", "Chinanet", "")


def test_empty_fields_of_geocn_keep_what_was_known(reading: Reading) -> None:
    record = {**JINAN, "isp": "", "type": ""}
    place = look(reading(city=city_file(), asn=asn_file(), geocn=geocn_file(record)), "1.2.3.4")
    assert (place.city, place.isp, place.net_type) == ("山东省 济南市", "Chinanet", "")


@pytest.mark.parametrize("address", ["9.9.9.9", "::1", "2001:db8::1", "255.255.255.255"])
def test_what_no_database_knows_is_unknown(reading: Reading, address: str) -> None:
    assert look(reading(city=city_file(), asn=asn_file()), address) == UNKNOWN
    assert look(reading(), address) == UNKNOWN


def test_a_database_of_ipv4_knows_nothing_of_ipv6(reading: Reading) -> None:
    reader = reading(asn=mmdb({"1.2.0.0/16": CHINANET}, ip_version=4))
    assert look(reader, "2400::1") == UNKNOWN
    assert look(reader, "1.2.3.4").network == ip_network("1.2.0.0/16")


def test_d30_a_broken_geocn_takes_nothing_but_itself(
    reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    # So many sound records stand before it that the check of the whole file does not reach it.
    entries = {f"1.0.{n >> 8}.{n & 255}/32": JINAN for n in range(2000)}
    sound = mmdb({**entries, "1.2.3.4/32": {**JINAN, "isp": "x" * 60}})
    reader = reading(city=city_file(), asn=asn_file(), geocn=sound.replace(b"x" * 60, b"\xff" * 60))
    for _ in range(3):
        place = look(reader, "1.2.3.4")
        assert (place.country, place.city, place.isp) == ("CN", "Jinan", "Chinanet")
    assert len(caplog.records) == 1


def test_countries_that_were_seen_have_names_in_other_languages(reading: Reading) -> None:
    reader = reading(city=city_file())
    assert reader.country_names("US") == {}
    look(reader, "8.8.8.8")
    assert reader.country_names("US") == {"en": "United States", "zh-CN": "美国"}
