"""Widens and completes ban-list entries for downloaders and exports (reference/rules.md 1.13, D-23)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar

from app.domain.address import (
    MAPPED,
    NAT64,
    TEREDO,
    Prefix,
    embedded_ipv4,
    is_single,
    mapped,
    single,
)
from app.domain.ban import Ban

P = TypeVar("P", IPv4Network, IPv6Network)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """How wide entries become; None leaves a family as it is."""

    ipv4: int | None = None
    """Prefix length in bits."""
    ipv6: int | None = 52
    ranges: bool = True
    """Whether the receiver understands blocks; without, entries are never widened."""
    spared: tuple[Prefix, ...] = ()
    """What no entry may take in by being widened."""

    def entries(self, ban: Ban) -> tuple[Prefix, ...]:
        """What stands in a list for `ban`, without repeats: its prefix, what the downloader sees, companions."""
        found = dict.fromkeys(self.expand(ban.prefix))
        if ban.raw is not None:
            found.update(dict.fromkeys(self.expand(single(ban.raw))))
        return tuple(found)

    def expand(self, prefix: Prefix) -> tuple[Prefix, ...]:
        """The entry for `prefix` and its companion in the other family."""
        if isinstance(prefix, IPv4Network):
            wide = self._widened(prefix, self.ipv4)
            return wide, mapped(wide)
        if prefix.subnet_of(MAPPED):
            start = int(prefix.network_address) - int(MAPPED.network_address)
            return self.expand(IPv4Network((start, prefix.prefixlen - MAPPED.prefixlen)))
        if prefix.subnet_of(NAT64) or prefix.subnet_of(TEREDO):
            # Wider than one address would hit strangers behind the same gateway (D-23).
            inner = embedded_ipv4(prefix.network_address) if is_single(prefix) else None
            return (prefix,) if inner is None else (prefix, single(inner))
        return (self._widened(prefix, self.ipv6),)

    def _widened(self, prefix: P, wanted: int | None) -> P:
        if wanted is None or not self.ranges or wanted >= prefix.prefixlen:
            return prefix
        wide = prefix.supernet(new_prefix=wanted)
        for spared in self.spared:
            if spared.version == wide.version and wide.overlaps(spared):
                return prefix
        return wide
