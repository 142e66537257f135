"""Looks an address up in all databases and merges what they say (reference/rules.md 4.3)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Final, TypeVar

from app.adapters.geoip.database import Database
from app.adapters.geoip.records import Record, read_asn, read_city, read_cn
from app.domain.address import IPAddress, Prefix
from app.domain.place import UNKNOWN, Place
from app.services.place_files import DatabaseUnusable, GeoKind

log = logging.getLogger(__name__)

T = TypeVar("T")

_CHINESE: Final = frozenset(("CN", "TW", "HK", "MO"))
"""Countries that GeoCN is asked about."""


class GeoReader:
    """Each database fails alone: what the others know stays."""

    def __init__(self, databases: Mapping[GeoKind, Database]) -> None:
        self._databases = dict(databases)
        self._damaged: set[GeoKind] = set()
        self._names: dict[str, Mapping[str, str]] = {}

    def look(self, ip: IPAddress) -> Place:
        """What is known of an address; never raises."""
        place = self._with_asn(self._with_city(UNKNOWN, ip), ip)
        return self._with_geocn(place, ip) if place.country in _CHINESE else place

    def country_names(self, iso: str) -> Mapping[str, str]:
        """By language tag, what a country that was looked up before is called."""
        return self._names.get(iso, {})

    def _with_city(self, place: Place, ip: IPAddress) -> Place:
        found = self._find(GeoKind.CITY, ip, read_city)
        if found is None:
            return place
        city, _ = found
        if city.iso:
            self._names.setdefault(city.iso, city.country_names)
        return replace(
            place,
            country=city.iso,
            country_name=city.country_names.get("en", ""),
            city=city.city,
            city_code=city.city_code,
        )

    def _with_asn(self, place: Place, ip: IPAddress) -> Place:
        found = self._find(GeoKind.ASN, ip, read_asn)
        if found is None:
            return place
        system, network = found
        return replace(
            place,
            asn=system.number,
            organisation=system.organisation,
            network=network,
            isp=system.organisation,
        )

    def _with_geocn(self, place: Place, ip: IPAddress) -> Place:
        found = self._find(GeoKind.GEOCN, ip, read_cn)
        if found is None:
            return place
        here, network = found
        if here is None:
            return place
        return replace(
            place,
            city=" ".join(here.names),
            city_code=here.code or place.city_code,
            province=here.province,
            cn_city=here.city,
            districts=here.districts,
            # It is the network of the autonomous system; without that there is none to narrow.
            network=network if place.network is not None else None,
            isp=here.isp or place.isp,
            net_type=here.net_type,
        )

    def _find(
        self, kind: GeoKind, ip: IPAddress, read: Callable[[Record], T]
    ) -> tuple[T, Prefix] | None:
        database = self._databases.get(kind)
        if database is None:
            return None
        try:
            found = database.find(ip)
        except DatabaseUnusable as error:
            if kind not in self._damaged:
                self._damaged.add(kind)
                log.warning("a geographic database is damaged: %s", error)
            return None
        if found is None:
            return None
        record, length = found
        return read(record), _network(ip, length)


def _network(ip: IPAddress, length: int) -> Prefix:
    """The block around an address."""
    if isinstance(ip, IPv4Address):
        return IPv4Network((int(ip), max(0, min(length, 32))), strict=False)
    return IPv6Network((int(ip), max(0, min(length, 128))), strict=False)
