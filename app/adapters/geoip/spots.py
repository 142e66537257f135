"""Finds what rules look at, for some dozens of addresses at once: single fields instead of whole records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from app.adapters.geoip.database import Database
from app.adapters.geoip.divisions import division_names
from app.adapters.geoip.records import iso_of, number_of, text_of
from app.domain.address import IPAddress
from app.domain.place import Spot
from app.services.place_files import DatabaseUnusable, GeoKind

CHINESE: Final = frozenset(("CN", "TW", "HK", "MO"))
"""Countries that GeoCN is asked about."""

_ISO: Final = ("country", "iso_code")
_CITY: Final = ("city", "names", "en")
_NUMBER: Final = ("autonomous_system_number",)
_DIVISION: Final = ("division_code",)
_NET_TYPE: Final = ("type",)
_PROVINCE: Final = ("province",)
_REMEMBERED: Final = 8192


class UnlikeRecords(Exception):
    """Records that must be read as a whole: damaged, or of another shape than those of the known makers."""


def find_spots(databases: Mapping[GeoKind, Database], ips: Sequence[IPAddress]) -> list[Spot]:
    """The spot of each address; raises UnlikeRecords."""
    try:
        isos, cities = (_column(databases.get(GeoKind.CITY), ips, path) for path in (_ISO, _CITY))
        numbers = _column(databases.get(GeoKind.ASN), ips, _NUMBER)
        divisions, net_types = _chinese(databases.get(GeoKind.GEOCN), ips, isos)
        return list(map(_spot, isos, cities, numbers, divisions, net_types))
    except DatabaseUnusable as error:
        raise UnlikeRecords from error
    except TypeError as error:  # a list where a text should be has no hash
        raise UnlikeRecords from error


def _chinese(
    database: Database | None, ips: Sequence[IPAddress], isos: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """The columns of GeoCN, empty for whom it is not asked about; raises UnlikeRecords."""
    divisions, net_types = [None] * len(ips), [None] * len(ips)
    asked = {iso for iso in set(isos) if _country(iso) in CHINESE}
    if not asked or database is None:
        return divisions, net_types
    at = [place for place, iso in enumerate(isos) if iso in asked]
    there = [ips[place] for place in at]
    codes = database.column(there, _DIVISION)
    without = [ip for ip, code in zip(there, codes, strict=True) if code is None]
    if any(province is not None for province in database.column(without, _PROVINCE)):
        raise UnlikeRecords  # of the first revision
    kinds = database.column(there, _NET_TYPE)
    for place, code, kind in zip(at, codes, kinds, strict=True):
        divisions[place], net_types[place] = code, kind
    return divisions, net_types


def _column(
    database: Database | None, ips: Sequence[IPAddress], path: tuple[str, ...]
) -> list[Any]:
    return [None] * len(ips) if database is None else database.column(ips, path)


@lru_cache(_REMEMBERED)
def _spot(iso: object, city: object, number: object, division: object, net_type: object) -> Spot:
    """From raw values, of which the same come again and again."""
    town = "" if division is None else _town(division)
    return Spot(
        country=_country(iso),
        city=town or text_of(city),
        asn=number_of(number),
        net_type=text_of(net_type) if town else "",
    )


@lru_cache(_REMEMBERED)
def _town(division: object) -> str:
    return " ".join(division_names(str(number_of(division))))


_country = lru_cache(_REMEMBERED)(iso_of)
