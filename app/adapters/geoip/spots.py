"""Finds what rules look at, for some dozens of addresses at once: single fields instead of whole records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec.structs import replace

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
        read = zip(map(_country, isos), map(_text, cities), map(_number, numbers), strict=True)
        spots = list(map(_SPOTS.__getitem__, read))
        chinese = databases.get(GeoKind.GEOCN)
        return spots if chinese is None else _with_geocn(chinese, ips, spots)
    except DatabaseUnusable as error:
        raise UnlikeRecords from error
    except TypeError as error:  # a list where a text should be has no hash
        raise UnlikeRecords from error


def _column(
    database: Database | None, ips: Sequence[IPAddress], path: tuple[str, ...]
) -> list[Any]:
    return [None] * len(ips) if database is None else database.column(ips, path)


def _with_geocn(database: Database, ips: Sequence[IPAddress], spots: list[Spot]) -> list[Spot]:
    """What GeoCN says in place of the others, where it is asked; raises UnlikeRecords."""
    at = [place for place, spot in enumerate(spots) if spot.country in CHINESE]
    there = [ips[place] for place in at]
    codes = database.column(there, _DIVISION)
    without = [ip for ip, code in zip(there, codes, strict=True) if code is None]
    if any(province is not None for province in database.column(without, _PROVINCE)):
        raise UnlikeRecords  # of the first revision
    kinds = database.column(there, _NET_TYPE)
    for place, code, kind in zip(at, codes, kinds, strict=True):
        spots[place] = _in_china(spots[place], code, kind)
    return spots


class _Spots(dict[tuple[str, str, int], Spot]):
    """One for all addresses with the same country, city and number of the system."""

    def __missing__(self, read: tuple[str, str, int]) -> Spot:
        if len(self) >= _REMEMBERED:
            self.clear()
        country, city, asn = read
        spot = self[read] = Spot(country=country, city=city, asn=asn)
        return spot


_SPOTS: Final = _Spots()


@lru_cache(_REMEMBERED)
def _in_china(spot: Spot, division: object, net_type: object) -> Spot:
    town = "" if division is None else _town(division)
    return replace(spot, city=town, net_type=text_of(net_type)) if town else spot


@lru_cache(_REMEMBERED)
def _town(division: object) -> str:
    return " ".join(division_names(str(number_of(division))))


_country = lru_cache(_REMEMBERED)(iso_of)
_text = lru_cache(_REMEMBERED)(text_of)
_number = lru_cache(_REMEMBERED)(number_of)
