"""What the records of the databases say, whatever else may stand in them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from app.adapters.geoip.divisions import division_names

Record = Mapping[str, Any]

_LONGEST: Final = 200
"""Characters of a name; more is a damage."""
_ISO: Final = 2
_MOST: Final = 10**12
_REVISION_1: Final = ("province", "city", "districts")


class CityRecord(Struct, frozen=True, kw_only=True):
    """Of a City or a Country database."""

    iso: str = ""
    country_names: Mapping[str, str]
    """By language tag."""
    city: str = ""
    city_code: int = 0


class AsnRecord(Struct, frozen=True, kw_only=True):
    """Of an ASN database."""

    number: int = 0
    organisation: str = ""


class CnRecord(Struct, frozen=True, kw_only=True):
    """Of GeoCN, of either revision."""

    names: tuple[str, ...]
    """Province, city, district, the largest first; never empty."""
    province: str = ""
    city: str = ""
    districts: str = ""
    code: int = 0
    isp: str = ""
    net_type: str = ""


def read_city(record: Record) -> CityRecord:
    """Names are English: rules must match the same everywhere."""
    country, city = _part(record, "country"), _part(record, "city")
    names = _part(country, "names")
    return CityRecord(
        iso=iso_of(country.get("iso_code")),
        country_names={tag: _text(names, tag) for tag in names},
        city=_text(_part(city, "names"), "en"),
        city_code=_number(city, "geoname_id"),
    )


def read_asn(record: Record) -> AsnRecord:
    """The number and the name of an autonomous system."""
    return AsnRecord(
        number=_number(record, "autonomous_system_number"),
        organisation=_text(record, "autonomous_system_organization"),
    )


def read_cn(record: Record) -> CnRecord | None:
    """None when the record names no division: then the whole of it is ignored (reference/rules.md 4.3)."""
    if "division_code" not in record and "province" in record:
        return _read_revision_1(record)
    code = _number(record, "division_code")
    names = division_names(str(code))
    if not names:
        return None
    return CnRecord(
        names=names,
        province=names[0],
        city="".join(names[1:2]),
        districts=" ".join(names[2:]),
        code=code,
        isp=_text(record, "isp"),
        net_type=_text(record, "type"),
    )


def _read_revision_1(record: Record) -> CnRecord | None:
    province, city, districts = (_text(record, key) for key in _REVISION_1)
    names = tuple(name for name in (province, city, districts) if name)
    if not names:
        return None
    codes = (_number(record, f"{key}Code") for key in reversed(_REVISION_1))
    code = next((code for code in codes if code), 0)
    return CnRecord(
        names=names,
        province=province,
        city=city,
        districts=districts,
        code=int(f"86{code}") if code else 0,
        isp=_text(record, "isp"),
        net_type=_text(record, "net"),
    )


def iso_of(value: object) -> str:
    """The code of a country, upper case; empty for anything else."""
    iso = text_of(value).upper()
    return iso if len(iso) == _ISO else ""


def text_of(value: object) -> str:
    """A name, empty for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    # The same few names come again and again, and each look-up decodes them anew.
    text = sys.intern(value.strip())
    # Some makers of databases print what they have not.
    return "" if text == "null" else text


def number_of(value: object) -> int:
    """A positive number, maybe written as a text; 0 for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value) if len(value) < len(str(_MOST)) else 0
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value < _MOST else 0


def _part(record: Record, key: str) -> Record:
    part = record.get(key)
    return part if isinstance(part, Mapping) else {}


def _text(record: Record, key: str) -> str:
    return text_of(record.get(key))


def _number(record: Record, key: str) -> int:
    return number_of(record.get(key))
