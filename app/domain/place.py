"""Where an address is and whose it is, as far as geographic databases know (reference/rules.md 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

from app.domain.address import Endpoint, IPAddress, Prefix


class Spot(Struct, frozen=True, kw_only=True, cache_hash=True, gc=False):
    """The part of a place that rules look at, and that is found many times faster than all of it."""

    country: str = ""
    """ISO code, upper case."""
    city: str = ""
    """Merged name; in China province, city and district with blanks between."""
    asn: int = 0
    net_type: str = ""
    """GeoCN's own word, such as 宽带."""


class Place(Struct, frozen=True, kw_only=True):
    """Empty texts, zero and None are unknown. Names are in one fixed language, so that rules match everywhere."""

    country: str = ""
    """ISO code, upper case."""
    country_name: str = ""
    city: str = ""
    """As of a spot."""
    city_code: int = 0
    """GeoNames id, or the Chinese division code."""
    province: str = ""
    cn_city: str = ""
    districts: str = ""
    asn: int = 0
    organisation: str = ""
    """Of the autonomous system."""
    network: Prefix | None = None
    isp: str = ""
    net_type: str = ""
    """As of a spot."""

    @property
    def spot(self) -> Spot:
        """What rules look at."""
        return Spot(country=self.country, city=self.city, asn=self.asn, net_type=self.net_type)


UNKNOWN: Final = Place()
"""Where nothing is known, or no database is there."""
NO_SPOT: Final = Spot()
"""Of an unknown place."""


class Whereabouts(Protocol):
    """Answers where somebody is."""

    def __call__(self, ip: IPAddress) -> Place:
        """Everything that is known."""

    def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
        """What rules look at, of each."""


class Nowhere:
    """Whereabouts without databases: nothing is known of anybody."""

    def __call__(self, ip: IPAddress) -> Place:
        del ip
        return UNKNOWN

    def spots(self, endpoints: Sequence[Endpoint]) -> list[Spot]:
        """All unknown."""
        return [NO_SPOT] * len(endpoints)
