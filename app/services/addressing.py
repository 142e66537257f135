"""How the settings have addresses of downloaders read, and bans widened."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.address import Prefix, Translation
from app.domain.remap import Remap
from app.settings.config import Config


def remap_of(config: Config, spared: Iterable[Prefix] = ()) -> Remap:
    """How the ban list is widened for downloaders and exports, without taking in what is `spared`."""
    ipv4, ipv6 = config.banlist_remapping.ipv4, config.banlist_remapping.ipv6
    bits = {
        4: ipv4.remap_range if ipv4.enabled else None,
        6: ipv6.remap_range if ipv6.enabled else None,
    }
    # Around the others no block is widened: a ban inside them is lifted.
    narrow = (p for p in spared if p.prefixlen > (bits[p.version] or p.max_prefixlen))
    return Remap(ipv4=bits[4], ipv6=bits[6], spared=tuple(narrow))


def translation_of(config: Config) -> Translation:
    """How addresses of downloaders are read."""
    return Translation(teredo=config.ip_remapping.teredo, nat64=config.ip_remapping.nat64)
