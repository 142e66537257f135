"""Blocks of addresses as plain numbers: `ipaddress` would take seconds for a long list, and the daemon waits."""

from collections import namedtuple
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

_FAMILIES = {4: AF_INET, 6: AF_INET6}
_BITS = {4: 32, 6: 128}

Block = namedtuple("Block", "version bits first")


def read_block(text):
    """The block that `address/bits` means; raises ValueError."""
    host, slash, length = text.partition("/")
    version = 6 if ":" in host else 4
    first = read_address(version, host)
    bits = int(length) if slash else _BITS[version]
    if not 0 <= bits <= _BITS[version] or first & (_size(version, bits) - 1):
        raise ValueError("not a block of addresses: " + text)
    return Block(version, bits, first)


def read_address(version, text):
    """The number of an address; raises ValueError."""
    try:
        return int.from_bytes(inet_pton(_FAMILIES[version], text), "big")
    except OSError as error:
        raise ValueError("not an address: " + text) from error


def show_address(version, number):
    """The text of an address."""
    return inet_ntop(_FAMILIES[version], number.to_bytes(_BITS[version] // 8, "big"))


def last_of(block):
    """The last address of a block."""
    return block.first + _size(block.version, block.bits) - 1


def is_single(block):
    """Whether it holds one address."""
    return block.bits == _BITS[block.version]


def around(block, bits):
    """The block of `bits` length that `block` lies in."""
    size = _size(block.version, bits)
    return Block(block.version, bits, block.first // size * size)


def _size(version, bits):
    return 1 << (_BITS[version] - bits)
