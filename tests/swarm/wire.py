"""BitTorrent's peer protocol as far as a forged peer speaks it: handshake and framed messages."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum

BLOCK = 16_384
HANDSHAKE_SIZE = 68
KEEP_ALIVE = b"\0\0\0\0"
LONGEST = 1 << 20

_PROTOCOL = b"\x13BitTorrent protocol"
_EXTENDED_BIT = 0x10  # of the sixth reserved byte
_FAST_BIT, _DHT_BIT = 0x04, 0x01  # of the eighth
_RESERVED = slice(len(_PROTOCOL), len(_PROTOCOL) + 8)


class Kind(IntEnum):
    """First byte of a message."""

    CHOKE = 0
    UNCHOKE = 1
    INTERESTED = 2
    HAVE = 4
    BITFIELD = 5
    REQUEST = 6
    PIECE = 7
    HAVE_ALL = 14
    HAVE_NONE = 15
    REJECT = 16
    EXTENDED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the other side said in its handshake."""

    fast: bool
    extended: bool


def handshake(info_hash: str, peer_id: bytes, *, extended: bool, dht: bool) -> bytes:
    """Return the first 68 bytes of a connection.

    `info_hash` has 40 hexadecimal digits, `peer_id` 20 bytes.
    """
    reserved = bytearray(8)
    reserved[5] = _EXTENDED_BIT if extended else 0
    reserved[7] = _FAST_BIT | (_DHT_BIT if dht else 0)
    return _PROTOCOL + bytes(reserved) + bytes.fromhex(info_hash) + peer_id


def abilities(answer: bytes) -> Abilities:
    """Return what the other side's handshake promises."""
    reserved = answer[_RESERVED]
    return Abilities(fast=bool(reserved[7] & _FAST_BIT), extended=bool(reserved[5] & _EXTENDED_BIT))


def message(kind: Kind, body: bytes = b"") -> bytes:
    """Return one framed message."""
    return struct.pack(">IB", 1 + len(body), kind) + body


def numbers(*values: int) -> bytes:
    """Return `values` as the 32 bit numbers that message bodies are made of."""
    return struct.pack(f">{len(values)}I", *values)


async def read_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return kind and body of the next message, keep-alives left out.

    Raises `IncompleteReadError` or `OSError` when the connection ends, and
    `ConnectionAbortedError` for an absurd length.
    """
    length = 0
    while length == 0:
        length = int.from_bytes(await reader.readexactly(4))
    if length > LONGEST:
        raise ConnectionAbortedError(f"a message of {length} bytes")
    raw = await reader.readexactly(length)
    return raw[0], raw[1:]
