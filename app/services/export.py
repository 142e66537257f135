"""Writes the ban list in the forms that other programs read, one entry a line (reference/webapi.md 3.6)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Final

from app.domain.address import MAPPED, Prefix
from app.domain.ban import Ban
from app.domain.remap import Remap

_MAPPED_START: Final = int(MAPPED.network_address)
_names: Final = random.Random()  # noqa: S311 - names of lines, no secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one kind of list is written."""

    line: Callable[[Prefix], str]
    """An entry without its line end."""
    media_type: str = "text/plain"


def entries(bans: Iterable[Ban], remap: Remap) -> Iterator[Prefix]:
    """What every format lists: each ban widened and completed by `remap`, nothing twice."""
    seen: set[tuple[int, int, int]] = set()
    for ban in bans:
        for entry in remap.entries(ban):
            key = (entry.version, entry.prefixlen, int(entry.network_address))
            if key not in seen:
                seen.add(key)
                yield entry


def lines(format: str, bans: Iterable[Ban], remap: Remap) -> Iterator[str]:  # noqa: A002 - the word of the CLI
    """The list in one of FORMATS, line by line, each with its line end; in no order."""
    line = FORMATS[format].line
    for entry in entries(bans, remap):
        yield line(entry) + "\n"


def _ip(entry: Prefix) -> str:
    bits = entry.prefixlen
    first = _address(entry.version, int(entry.network_address))
    return first if bits == entry.max_prefixlen else f"{first}/{bits}"


def _p2p(entry: Prefix) -> str:
    # The name ends at the first colon; PBH's is random, and so no program can take it for a key.
    first, last = _bounds(entry)
    return f"{_names.getrandbits(128):032x}:{first}-{last}"


def _dat(entry: Prefix) -> str:
    first, last = _bounds(entry)
    return f"{first} - {last} , 000 , {_ip(entry)}"


def _bounds(entry: Prefix) -> tuple[str, str]:
    start = int(entry.network_address)
    first = _address(entry.version, start)
    hosts = entry.max_prefixlen - entry.prefixlen
    return first, _address(entry.version, start + (1 << hosts) - 1) if hosts else first


def _address(version: int, number: int) -> str:
    """The shortest text. A mapped address always has hexadecimal groups: not every reader of lists takes dots there."""
    if version == 4:  # noqa: PLR2004 - IP version
        return inet_ntoa(number.to_bytes(4))
    if number >> 32 == _MAPPED_START >> 32:
        return f"::ffff:{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}"
    if number >> 32 == 0:
        return str(IPv6Address(number))  # inet_ntop writes ::1.2.3.4
    return inet_ntop(AF_INET6, number.to_bytes(16))


FORMATS: Final[Mapping[str, Format]] = {
    "ip": Format(line=_ip),
    "p2p-plain-format": Format(line=_p2p),
    "dat-emule": Format(line=_dat),
}
"""By the name that API and command line know them under."""
