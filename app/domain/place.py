"""Where an address is and whose it is, as far as geographic databases know (reference/rules.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.address import Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Empty texts, zero and None are unknown. Names are in one fixed language, so that rules match everywhere."""

    country: str = ""
    """ISO code, upper case."""
    country_name: str = ""
    city: str = ""
    """Merged name; in China province, city and district with blanks between."""
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
    """GeoCN's own word, such as 宽带."""


UNKNOWN = Place()
"""Where nothing is known, or no database is there."""
