"""What stands in columns that hold one value each."""

from __future__ import annotations

import logging
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_ntoa, inet_pton
from typing import Final

from app.domain.address import IPAddress, Prefix, is_single, parse_ip

log = logging.getLogger(__name__)

_NAMED: Final = 10
_MAX_INTEGER: Final = 2**63 - 1


class UnreadableRow(ValueError):
    """A row does not hold what we would have written."""


class UnreadableRows:
    """Tells the log about rows of one query that stay as they are: the first by name, the others by number."""

    def __init__(self, what: str) -> None:
        self._what, self._count = what, 0

    def add(self, name: object, error: Exception) -> None:
        """One more."""
        self._count += 1
        if self._count <= _NAMED:
            log.warning("%s %r cannot be read and stays as it is: %s", self._what, name, error)

    def report(self) -> None:
        """That were all."""
        if self._count > _NAMED:
            log.warning("%s: %d in all cannot be read", self._what, self._count)


def prefix_text(prefix: Prefix) -> str:
    """The key of a prefix: compressed, a single address without its length, IPv4-mapped ones dotted (RFC 5952).

    Python writes mapped addresses in one way before 3.13 and in another since; a key must not change.
    """
    text = ip_text(prefix.network_address)
    return text if is_single(prefix) else f"{text}/{prefix.prefixlen}"


def clean(text: str) -> str:
    """`text` without lone surrogates, which neither JSON nor SQLite can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def clamped(number: int) -> int:
    """`number`, or the nearest that fits a column; a broken downloader can say anything."""
    if -_MAX_INTEGER <= number <= _MAX_INTEGER:
        return number
    return _MAX_INTEGER if number > 0 else -_MAX_INTEGER


def text_of(column: object) -> str:
    """The text of a column that was read as bytes, so that one bad byte cannot stop a whole query."""
    if not isinstance(column, bytes):
        raise UnreadableRow("a text is missing")
    try:
        return column.decode()
    except UnicodeDecodeError as error:
        raise UnreadableRow(str(error)) from error


def ip_of(text: str) -> IPAddress:
    """The address that `ip_text` wrote, faster than by `parse_ip`, which has the last word; raises ValueError."""
    try:
        if ":" in text:
            return IPv6Address(inet_pton(AF_INET6, text))
        return IPv4Address(inet_pton(AF_INET, text))
    except OSError:
        return parse_ip(text)


def ip_text(address: IPAddress) -> str:
    """The shortest text, IPv4-mapped addresses dotted."""
    if isinstance(address, IPv4Address):
        return inet_ntoa(address.packed)  # a third of what `str` takes
    if address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}"
    return str(address)
