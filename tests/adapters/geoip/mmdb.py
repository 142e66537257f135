"""Writes small databases in MaxMind's format (https://maxmind.github.io/MaxMind-DB/)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any, Self

MARKER = b"\xab\xcd\xefMaxMind.com"
_LONG = 29
_BUILT = 1_700_000_000


def mmdb(
    entries: Mapping[str, Any],
    *,
    database_type: str = "GeoLite2-City",
    ip_version: int = 6,
    built: int = _BUILT,
) -> bytes:
    """A database that answers each prefix of `entries` with its record; longer prefixes win."""
    data = bytearray()
    offsets: dict[bytes, int] = {}
    nodes: list[list[int | None]] = [
        [None, None]
    ]  # >= 0 is a node, < 0 the record at offset ~value
    networks = sorted((ip_network(text), text) for text in entries if "." in text)
    networks6 = sorted((ip_network(text), text) for text in entries if ":" in text)
    for network, text in sorted([*networks, *networks6], key=lambda entry: _length(entry[0])):
        encoded = _encode(entries[text])
        if encoded not in offsets:
            offsets[encoded] = len(data)
            data += encoded
        _insert(nodes, _bits(network, ip_version), ~offsets[encoded])
    count = len(nodes)
    tree = b"".join(_record(side, count) for node in nodes for side in node)
    metadata = {
        "binary_format_major_version": _Sized(2, 5),
        "binary_format_minor_version": _Sized(0, 5),
        "build_epoch": _Sized(built, 9),
        "database_type": database_type,
        "description": {"en": "made by a test"},
        "ip_version": _Sized(ip_version, 5),
        "languages": ["en"],
        "node_count": _Sized(count, 6),
        "record_size": _Sized(32, 5),
    }
    return tree + bytes(16) + bytes(data) + MARKER + _encode(metadata)


class _Sized(int):
    """A number with the type that the format wants for it."""

    kind: int

    def __new__(cls, value: int, kind: int) -> Self:
        number = super().__new__(cls, value)
        number.kind = kind
        return number


def _length(network: Any) -> int:  # noqa: ANN401 - either family
    return int(network.prefixlen) + (96 if isinstance(network, IPv4Network) else 0)


def _bits(network: Any, ip_version: int) -> str:  # noqa: ANN401 - either family
    width = 32 if isinstance(network, IPv4Network) else 128
    bits = f"{int(network.network_address):0{width}b}"[: network.prefixlen]
    return "0" * 96 + bits if width == 32 and ip_version == 6 else bits


def _insert(nodes: list[list[int | None]], bits: str, value: int) -> None:
    node = 0
    for bit in bits[:-1]:
        side = int(bit)
        below = nodes[node][side]
        if below is None or below < 0:
            nodes.append([below, below])
            nodes[node][side] = below = len(nodes) - 1
        node = below
    nodes[node][int(bits[-1])] = value


def _record(side: int | None, count: int) -> bytes:
    if side is None:
        return struct.pack(">I", count)
    return struct.pack(">I", side if side >= 0 else count + 16 + ~side)


def _encode(value: object) -> bytes:
    if isinstance(value, Mapping):
        body = b"".join(_encode(key) + _encode(part) for key, part in value.items())
        return _head(7, len(value)) + body
    if isinstance(value, str):
        raw = value.encode()
        return _head(2, len(raw)) + raw
    if isinstance(value, bool):
        return _head(14, int(value))
    if isinstance(value, int):
        raw = int(value).to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
        return _head(value.kind if isinstance(value, _Sized) else 6, len(raw)) + raw
    if isinstance(value, float):
        return _head(3, 8) + struct.pack(">d", value)
    if isinstance(value, Sequence):
        return _head(11, len(value)) + b"".join(map(_encode, value))
    raise TypeError(value)


def _head(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > 7 else b""
    first = 0 if kind > 7 else kind << 5
    if size < _LONG:
        return bytes([first | size]) + extended
    if size < 285:
        return bytes([first | 29]) + extended + bytes([size - 29])
    return bytes([first | 30]) + extended + (size - 285).to_bytes(2, "big")
