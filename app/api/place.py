"""Where an address is, in PBH's shape (reference/webapi.md 2.5), and what reverse DNS calls it."""

from __future__ import annotations

import msgspec

from app.domain.address import IPAddress
from app.domain.place import UNKNOWN, Place
from app.services.core import Core


class City(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The `cn` members come from GeoCN alone."""

    name: str | None
    iso: int | None
    cn_province: str | None
    cn_city: str | None
    cn_districts: str | None


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """`iso` is its code, upper case."""

    name: str | None
    iso: str | None


class Block(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An announced network."""

    ip_address: str
    prefix_length: int


class System(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An autonomous system; `ipAddress` is the one that was looked up."""

    number: int
    organization: str | None
    ip_address: str
    network: Block | None


class Network(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who provides it, and GeoCN's word for its kind."""

    isp: str | None
    net_type: str | None


class WirePlace(msgspec.Struct, frozen=True, kw_only=True, rename={"system": "as"}):
    """Each member is null when nothing is known of it."""

    city: City | None
    country: Country | None
    system: System | None
    network: Network | None


def place_of(core: Core, address: IPAddress) -> WirePlace | None:
    """Null when nothing is known, or no database is there."""
    return place_to_wire(core.lookups.places(address), address)


def place_to_wire(place: Place, address: IPAddress) -> WirePlace | None:
    """The place of `address`."""
    if place == UNKNOWN:
        return None
    isp = place.isp or place.organisation
    return WirePlace(
        city=_city(place),
        country=Country(name=place.country_name or None, iso=place.country or None)
        if place.country or place.country_name
        else None,
        system=_system(place, address),
        network=Network(isp=isp or None, net_type=place.net_type or None)
        if isp or place.net_type
        else None,
    )


def reverse_name(core: Core, address: IPAddress) -> str | None:
    """The name of an address, while the user has names looked up; None until it is known."""
    if not core.settings.config.lookup.dns_reverse_lookup:
        return None
    return core.lookups.names.name(address)


def _city(place: Place) -> City | None:
    if not (place.city or place.city_code):
        return None
    return City(
        name=place.city or None,
        iso=place.city_code or None,
        cn_province=place.province or None,
        cn_city=place.cn_city or None,
        cn_districts=place.districts or None,
    )


def _system(place: Place, address: IPAddress) -> System | None:
    if not place.asn:
        return None
    network = place.network
    return System(
        number=place.asn,
        organization=place.organisation or None,
        ip_address=str(address),
        network=None
        if network is None
        else Block(ip_address=str(network.network_address), prefix_length=network.prefixlen),
    )
