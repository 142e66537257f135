"""Records as the makers of the databases write them."""

from __future__ import annotations

from typing import Any

from tests.adapters.geoip.mmdb import mmdb

US: dict[str, Any] = {
    "city": {"geoname_id": 5375480, "names": {"en": "Mountain View", "zh-CN": "芒廷维尤"}},
    "country": {"iso_code": "US", "names": {"en": "United States", "zh-CN": "美国"}},
    "location": {"latitude": 37.4},
}
CN: dict[str, Any] = {
    "city": {"geoname_id": 1805753, "names": {"en": "Jinan"}},
    "country": {"iso_code": "CN", "names": {"en": "China", "zh-CN": "中国"}},
}
TW: dict[str, Any] = {"country": {"iso_code": "tw", "names": {"en": "Taiwan", "zh-CN": "台湾"}}}
CHINANET: dict[str, Any] = {
    "autonomous_system_number": 4134,
    "autonomous_system_organization": "Chinanet",
}
GOOGLE: dict[str, Any] = {
    "autonomous_system_number": 15169,
    "autonomous_system_organization": "GOOGLE",
}
JINAN: dict[str, Any] = {"division_code": 370100, "isp": "电信", "type": "宽带"}


def city_file(**options: Any) -> bytes:  # noqa: ANN401 - as mmdb takes them
    return mmdb({"8.8.0.0/16": US, "1.2.0.0/16": CN, "1.3.0.0/16": TW, "2400::/16": CN}, **options)


def asn_file(**options: Any) -> bytes:  # noqa: ANN401 - the same
    entries = {"8.8.8.0/24": GOOGLE, "1.2.0.0/16": CHINANET, "2400::/20": CHINANET}
    return mmdb(entries, database_type="GeoLite2-ASN", **options)


def geocn_file(record: Any = None, **options: Any) -> bytes:  # noqa: ANN401 - the same
    here = JINAN if record is None else record
    entries = {"1.2.3.0/24": here, "1.3.3.0/24": here, "8.8.8.0/24": here, "2400::/24": here}
    return mmdb(entries, database_type="GeoCN", **options)
