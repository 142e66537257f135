"""Widens and completes ban-list entries for downloaders and exports (reference/rules.md 1.13, D-23)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from app.domain.address import (
    MAPPED,
    NAT64,
    TEREDO,
    Prefix,
    block_of,
    embedded_ipv4,
    is_single,
    mapped,
    single,
)
from app.domain.ban import Ban


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """How wide entries become; None leaves a family as it is."""

    ipv4: int | None = None
    """Prefix length in bits."""
    ipv6: int | None = 52
    ranges: bool = True
    """Whether the receiver understands blocks; without, entries are never widened."""

    def entries(self, ban: Ban) -> tuple[Prefix, ...]:
        """What stands in a list for `ban`, without repeats: its prefix, what the downloader sees, companions."""
        found = dict.fromkeys(self.expand(ban.prefix))
        if ban.raw is not None:
            found.update(dict.fromkeys(self.expand(single(ban.raw))))
        return tuple(found)

    def expand(self, prefix: Prefix) -> tuple[Prefix, ...]:
        """The entry for `prefix` and its companion in the other family."""
        if isinstance(prefix, IPv4Network):
            wide = self._widen(prefix, self.ipv4)
            assert isinstance(wide, IPv4Network)
            return wide, mapped(wide)
        if prefix.subnet_of(MAPPED):
            inner = embedded_ipv4(prefix.network_address)
            assert inner is not None
            return self.expand(IPv4Network((inner, prefix.prefixlen - 96)))
        if prefix.subnet_of(NAT64) or prefix.subnet_of(TEREDO):
            # Wider than one address would hit strangers behind the same gateway (D-23).
            inner = embedded_ipv4(prefix.network_address) if is_single(prefix) else None
            return (prefix,) if inner is None else (prefix, single(inner))
        return (self._widen(prefix, self.ipv6),)

    def _widen(self, prefix: Prefix, bits: int | None) -> Prefix:
        if bits is None or not self.ranges or prefix.prefixlen <= bits:
            return prefix
        return block_of(prefix.network_address, bits)
