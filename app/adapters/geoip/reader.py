"""Looks an address up in all databases and merges what they say (reference/rules.md 4.3)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from operator import attrgetter
from typing import Final, TypeVar

from msgspec.structs import replace

from app.adapters.geoip.database import Database
from app.adapters.geoip.divisions import load_divisions
from app.adapters.geoip.records import AsnRecord, CityRecord, Record, read_asn, read_city, read_cn
from app.adapters.geoip.spots import CHINESE, UnlikeRecords, find_spots
from app.domain.address import IPAddress, Prefix
from app.domain.place import UNKNOWN, Place, Spot
from app.services.place_files import DatabaseUnusable, GeoKind

log = logging.getLogger(__name__)

T = TypeVar("T")

_COUNTRY: Final = attrgetter("country")
_NO_CITY: Final = CityRecord(country_names={})
_NO_SYSTEM: Final = (AsnRecord(), 0)


class GeoReader:
    """Each database fails alone: what the others know stays."""

    def __init__(self, databases: Mapping[GeoKind, Database]) -> None:
        self._databases = dict(databases)
        self._damaged: set[GeoKind] = set()
        self._names: dict[str, Mapping[str, str]] = {}
        self._seen_in: dict[str, IPAddress] = {}
        """Somebody in each country that a spot was found in."""
        if GeoKind.GEOCN in self._databases:
            load_divisions()

    def look(self, ip: IPAddress) -> Place:
        """What is known of an address; never raises."""
        found, system = (
            self._find(GeoKind.CITY, ip, read_city),
            self._find(GeoKind.ASN, ip, read_asn),
        )
        if found is None and system is None:
            return UNKNOWN
        city = _NO_CITY if found is None else found[0]
        if city.iso:
            self._names.setdefault(city.iso, city.country_names)
        owner, length = _NO_SYSTEM if system is None else system
        place = Place(
            country=city.iso,
            country_name=city.country_names.get("en", ""),
            city=city.city,
            city_code=city.city_code,
            asn=owner.number,
            organisation=owner.organisation,
            network=None if system is None else _network(ip, length),
            isp=owner.organisation,
        )
        return self._with_geocn(place, ip) if city.iso in CHINESE else place

    def spots(self, ips: Sequence[IPAddress]) -> list[Spot]:
        """What rules look at, for some dozens of addresses at once; never raises."""
        try:
            spots = find_spots(self._databases, ips)
        except UnlikeRecords:
            # One record can spoil it for all; read as a whole, each takes nothing but itself.
            return [self.look(ip).spot for ip in ips]
        self._seen_in.update(zip(map(_COUNTRY, spots), ips, strict=True))
        return spots

    def country_names(self, iso: str) -> Mapping[str, str]:
        """By language tag, what a country that was looked up before is called."""
        if iso and iso not in self._names and iso in self._seen_in:
            self.look(self._seen_in[iso])
        return self._names.get(iso, {})

    def _with_geocn(self, place: Place, ip: IPAddress) -> Place:
        found = self._find(GeoKind.GEOCN, ip, read_cn)
        if found is None:
            return place
        here, length = found
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
            network=None if place.network is None else _network(ip, length),
            isp=here.isp or place.isp,
            net_type=here.net_type,
        )

    def _find(
        self, kind: GeoKind, ip: IPAddress, read: Callable[[Record], T]
    ) -> tuple[T, int] | None:
        """What a database says, and the length of the prefix for which it does."""
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
        return read(record), length


def _network(ip: IPAddress, length: int) -> Prefix:
    """The block around an address."""
    if isinstance(ip, IPv4Address):
        bits = max(0, min(length, 32))
        return IPv4Network((int(ip) >> 32 - bits << 32 - bits, bits))
    bits = max(0, min(length, 128))
    return IPv6Network((int(ip) >> 128 - bits << 128 - bits, bits))
