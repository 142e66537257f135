"""Addresses for simulated peers: public in looks, and never two in one subnet by chance."""

from __future__ import annotations

from enum import Enum, auto
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from app.domain.address import IPAddress

# First octets without private, reserved or documentation blocks in them, and a country for each.
_EIGHTS: Final = {
    24: "us", 31: "nl", 36: "cn", 37: "ru", 46: "de", 49: "jp", 58: "cn", 59: "kr", 60: "cn",
    61: "tw", 62: "gb", 66: "us", 71: "us", 73: "us", 76: "us", 77: "ru", 78: "tr", 79: "it",
    80: "fr", 81: "gb", 82: "fr", 83: "pl", 84: "de", 85: "se", 86: "gb", 87: "de", 88: "fr",
    89: "ro", 90: "fr", 91: "de", 92: "es", 93: "it", 94: "ua", 95: "ru", 109: "hu", 111: "cn",
    112: "cn", 113: "cn", 114: "tw", 115: "cn", 116: "vn", 117: "in", 118: "jp", 119: "cn",
    120: "cn", 121: "kr", 122: "in", 123: "cn", 124: "au", 125: "id", 126: "jp",
}  # fmt: skip
_SIXTEENS: Final = {
    0x2401: "sg", 0x2402: "in", 0x2404: "jp", 0x2405: "au", 0x2408: "cn", 0x2409: "cn",
    0x240B: "kr", 0x240E: "cn", 0x2600: "us", 0x2601: "us", 0x2604: "ca", 0x2607: "us",
    0x2A00: "gb", 0x2A01: "fr", 0x2A02: "de", 0x2A0A: "nl",
}  # fmt: skip
COUNTRIES: Final = {
    "au": "Australia", "ca": "Canada", "cn": "China", "de": "Germany", "es": "Spain",
    "fr": "France", "gb": "United Kingdom", "hu": "Hungary", "id": "Indonesia", "in": "India",
    "it": "Italy", "jp": "Japan", "kr": "South Korea", "nl": "Netherlands", "pl": "Poland",
    "ro": "Romania", "ru": "Russia", "se": "Sweden", "sg": "Singapore", "tr": "Turkey",
    "tw": "Taiwan", "ua": "Ukraine", "us": "United States", "vn": "Vietnam",
}  # fmt: skip

_OCTETS: Final = tuple(_EIGHTS)
_HEADS: Final = tuple(_SIXTEENS)
# Multiplying by a number prime to the size visits every subnet once before one comes again.
_STRIDE: Final = 2_654_435_761
_SUBNETS4: Final = len(_OCTETS) << 16
_IPV4_BITS: Final = 0xFFFF_FFFF


class Form(Enum):
    """How a peer's address is written."""

    IPV4 = auto()
    IPV6 = auto()
    MAPPED = auto()
    """IPv4 inside ::ffff:0:0/96, as a dual-stack socket reports it."""
    NAT64 = auto()
    TEREDO = auto()


def public(form: Form, number: int, port: int) -> IPAddress:
    """The address of peer `number`; different numbers get different /24 or /48 subnets."""
    if form is Form.IPV6:
        return _ipv6(number)
    inner = _ipv4(number, 1 + number * 131 % 254)
    match form:
        case Form.MAPPED:
            return IPv6Address((0xFFFF << 32) | int(inner))
        case Form.NAT64:
            return IPv6Address((0x0064_FF9B << 96) | int(inner))
        case Form.TEREDO:
            return _teredo(inner, port)
        case Form.IPV4:
            return inner


def neighbour(subnet: int, host: int) -> IPv4Address:
    """Address `host` of a /24 that `public` never gives; subnets count from 1."""
    return _ipv4(-subnet, 1 + host % 254)


def embedded(ip: IPAddress) -> IPv4Address | None:
    """The IPv4 address that a mapped, NAT64 or Teredo address carries."""
    if isinstance(ip, IPv4Address):
        return None
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.teredo is not None:
        return ip.teredo[1]
    if int(ip) >> 32 == 0x0064_FF9B << 64:
        return IPv4Address(int(ip) & _IPV4_BITS)
    return None


def text(ip: IPAddress) -> str:
    """The address as Qt writes it: mapped ones keep their dotted end on every Python."""
    inside = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(ip) if inside is None else f"::ffff:{inside}"


def country(ip: IPAddress) -> str:
    """A country code that suits the address."""
    plain = embedded(ip) or ip
    if isinstance(plain, IPv4Address):
        return _EIGHTS.get(int(plain) >> 24, "us")
    return _SIXTEENS.get(int(plain) >> 112, "us")


def _ipv4(number: int, host: int) -> IPv4Address:
    subnet = number * _STRIDE % _SUBNETS4
    return IPv4Address(_OCTETS[subnet >> 16] << 24 | (subnet & 0xFFFF) << 8 | host)


def _ipv6(number: int) -> IPv6Address:
    head = _HEADS[number % len(_HEADS)]
    site = (number // len(_HEADS) + 1) * _STRIDE & _IPV4_BITS
    host = (number + 7) * 0x9E37_79B9_7F4A_7C15 & 0xFFFF_FFFF_FFFF_FFFF
    return IPv6Address(head << 112 | site << 80 | (number & 0xFF) << 64 | host)


def _teredo(inner: IPv4Address, port: int) -> IPv6Address:
    server = int(IPv4Address("65.54.227.120"))
    hidden = (~port & 0xFFFF) << 32 | (~int(inner) & _IPV4_BITS)
    return IPv6Address(0x2001_0000 << 96 | server << 64 | 0x8000 << 48 | hidden)
