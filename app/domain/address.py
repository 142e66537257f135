"""IP addresses as BitTorrent clients report them: strict parsing, endpoints, prefixes, embedded IPv4."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

IPAddress: TypeAlias = IPv4Address | IPv6Address
Prefix: TypeAlias = IPv4Network | IPv6Network
"""A block of addresses; a single address is a block of one (/32 or /128)."""

NAT64: Final = IPv6Network("64:ff9b::/96")
TEREDO: Final = IPv6Network("2001::/32")
MAPPED: Final = IPv6Network("::ffff:0:0/96")
_IPV4_BITS: Final = 0xFFFFFFFF
_MAX_PORT: Final = 65535


class InvalidAddress(ValueError):
    """A text that is no address; `text` is what was given."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not an address: {text!r}")
        self.text = text


def parse_ip(text: str) -> IPAddress:
    """Read one address; brackets, blanks around it and a zone (`%eth0`) are dropped.

    Four decimal numbers without leading zeros, or IPv6. Short forms and octal, which inet_aton takes, raise
    InvalidAddress.
    """
    bare = text.strip().removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return IPv6Address(bare) if ":" in bare else IPv4Address(bare)
    except ValueError:
        raise InvalidAddress(text) from None


def parse_prefix(text: str) -> Prefix:
    """Read an address, `network/bits` or `network/netmask`.

    With host bits set (`1.2.3.4/16`) it is that single host, as in PBH (reference/rules.md 1.6).
    """
    host, slash, mask = text.strip().partition("/")
    address = parse_ip(host)
    if not slash:
        return single(address)
    try:
        block = ip_network(f"{address}/{mask.strip()}", strict=False)
    except ValueError:
        raise InvalidAddress(text) from None
    return block if block.network_address == address else single(address)


def parse_block(text: str) -> Prefix:
    """Read as `parse_prefix` does, but host bits are cut off: `1.2.3.5/24` is `1.2.3.0/24`."""
    host, slash, mask = text.strip().partition("/")
    address = parse_ip(host)
    if not slash:
        return single(address)
    try:
        return ip_network(f"{address}/{mask.strip()}", strict=False)
    except ValueError:
        raise InvalidAddress(text) from None


def single(address: IPAddress) -> Prefix:
    """The block that holds just `address`."""
    # From the number: from an address object, ipaddress would print and parse its text, for 5 to 12 us.
    if isinstance(address, IPv4Address):
        return IPv4Network(int(address))
    return IPv6Network(int(address))


def is_single(prefix: Prefix) -> bool:
    """Whether `prefix` holds one address."""
    return prefix.prefixlen == prefix.max_prefixlen


def block_of(address: IPAddress, bits: int) -> Prefix:
    """The block of `bits` length around `address`."""
    shift = address.max_prefixlen - bits
    start = int(address) >> shift << shift
    if isinstance(address, IPv4Address):
        return IPv4Network((start, bits))
    return IPv6Network((start, bits))


def show(prefix: Prefix) -> str:
    """The shortest text: a single address without its length."""
    return str(prefix.network_address) if is_single(prefix) else str(prefix)


def embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, NAT64 (64:ff9b::/96) or Teredo (2001::/32) address, else None."""
    if address in MAPPED or address in NAT64:
        return IPv4Address(int(address) & _IPV4_BITS)
    if address in TEREDO:
        return IPv4Address(~int(address) & _IPV4_BITS)
    return None


def mapped(prefix: IPv4Network) -> IPv6Network:
    """The IPv4-mapped form: `1.2.3.0/24` as `::ffff:102:300/120`."""
    start = int(MAPPED.network_address) | int(prefix.network_address)
    return IPv6Network((start, prefix.prefixlen + 96))


def unmapped(prefix: Prefix) -> Prefix:
    """`::ffff:1.2.3.0/120` as `1.2.3.0/24`, the form in which peers are judged; any other prefix as it is."""
    if isinstance(prefix, IPv6Network) and prefix.subnet_of(MAPPED):
        start = int(prefix.network_address) & _IPV4_BITS
        return IPv4Network((start, prefix.prefixlen - 96))
    return prefix


def address_key(ip: IPAddress) -> int:
    """A number for each address of both families: `ipaddress` prints an address in order to hash it."""
    return int(ip) if isinstance(ip, IPv4Address) else -1 - int(ip)


class Endpoint(Struct, frozen=True, cache_hash=True, gc=False):
    """An address with a port; port 0 means unknown."""

    ip: IPAddress
    port: int
    key: int = 0
    """`address_key` of `ip`, found here as each sweep needs it several times for each peer."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= _MAX_PORT:
            raise InvalidAddress(f"{self.ip} port {self.port}")
        force_setattr(self, "key", address_key(self.ip))

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if self.ip.version == 6 else f"{self.ip}:{self.port}"  # noqa: PLR2004


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """Which tunnelled addresses are read as the IPv4 address they carry (config.yml `ip-remapping`)."""

    teredo: bool = False
    nat64: bool = True


class PeerAddress(Struct, frozen=True, kw_only=True, gc=False):
    """Where a peer is: as the downloader said, and after translation."""

    raw: Endpoint
    effective: Endpoint
    nat_translated: bool = False
    teredo_translated: bool = False

    @property
    def ip(self) -> IPAddress:
        """The address that rules see and bans name."""
        return self.effective.ip


def translate(raw: Endpoint, translation: Translation) -> PeerAddress:
    """Apply Teredo, NAT64 and IPv4-mapped translation in that order (reference/rules.md 1.6)."""
    ip = raw.ip
    if isinstance(ip, IPv4Address):
        return PeerAddress(raw=raw, effective=raw)
    if translation.teredo and ip in TEREDO:
        port = (~int(ip) >> 32) & _MAX_PORT
        inner = Endpoint(IPv4Address(~int(ip) & _IPV4_BITS), port)
        return PeerAddress(raw=raw, effective=inner, teredo_translated=True)
    if translation.nat64 and ip in NAT64:
        inner = Endpoint(IPv4Address(int(ip) & _IPV4_BITS), raw.port)
        return PeerAddress(raw=raw, effective=inner, nat_translated=True)
    if ip.ipv4_mapped is not None:
        return PeerAddress(raw=raw, effective=Endpoint(ip.ipv4_mapped, raw.port))
    return PeerAddress(raw=raw, effective=raw)
