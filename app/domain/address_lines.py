"""The grammar of one line of an address list (reference/rules.md 3.4), for what is more than an address or a block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from app.domain.address import MAPPED, InvalidAddress, parse_ip, parse_prefix

_ADDRESS: Final = r"[0-9A-Fa-f.:\[\]]+"
_BLOCK: Final = re.compile(rf"({_ADDRESS}(?:%\w+)?(?:/[0-9.]+)?)\s*(?:(?:#|//|;)(.*))?", re.DOTALL)
_RANGE: Final = re.compile(
    rf"({_ADDRESS})\s*([-,])\s*({_ADDRESS})\s*(?:,(.*)|(?:#|//|;)(.*))?", re.DOTALL
)
_COMMENT_MARKS: Final = ("#", "//", ";")
_ALLOWED_LEVEL: Final = 128
"""From this level on, a DAT line names addresses that are let through."""
_LONGEST_IPV6: Final = 45
_STRICT: Final = {str(octet): octet for octet in range(256)}
_PADDED: Final = {**{f"{octet:03}": octet for octet in range(256)}, **_STRICT}
_MAPPED_START: Final = int(MAPPED.network_address)
_MAPPED_LAST: Final = int(MAPPED.broadcast_address)


class Span(NamedTuple):
    """What a line bans; a tuple, as some lists have hundreds of thousands of such lines."""

    version: int
    first: int
    last: int
    comment: str | None = None
    """None when the line has none of its own."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line that is a comment for the next one."""

    text: str


@dataclass(frozen=True, slots=True)
class Spared:
    """A line that names what it does not ban."""


Line: TypeAlias = Span | Note | Spared


def read_line(line: str) -> Line | None:
    """Read one line that is not blank; None when it is none of the list's forms."""
    bare = line.strip()
    for mark in _COMMENT_MARKS:
        if bare.startswith(mark):
            return Note(bare.removeprefix(mark))
    block = _BLOCK.fullmatch(bare)
    if block is not None:
        return _block(block[1], block[2])
    parts = _RANGE.fullmatch(bare)
    if parts is not None:
        first, separator, last, fields, comment = parts.groups()
        if fields is not None:
            found = _dat(first, last, fields)
        else:
            found = _span(first, last, _STRICT, comment) if separator == "-" else None
        if isinstance(found, Span) and fields is None and ":" in first:
            return _narrower(found, _p2p(bare))
        if found is not None:
            return found
    return _p2p(bare)


def _block(text: str, comment: str | None) -> Span | None:
    if ":" not in text and "/" not in text:
        number = _number(text, _STRICT)
        return None if number is None else Span(4, number[1], number[1], comment)
    try:
        block = parse_prefix(text)
    except InvalidAddress:
        return None
    first, last = int(block.network_address), int(block.broadcast_address)
    return _unmapped(block.version, first, last, comment)


def _dat(first: str, last: str, fields: str) -> Span | Spared | None:
    """`first,last,level[,description]`, as eMule and our own export write it; zeros pad the numbers."""
    level, _, description = fields.partition(",")
    level = level.strip()
    if not (level.isascii() and level.isdecimal()):
        return None
    span = _span(first, last, _PADDED, description.strip() or None)
    if span is None:
        return None
    allowed = len(level) > 3 or int(level) >= _ALLOWED_LEVEL  # noqa: PLR2004 - digits
    return Spared() if allowed else span


def _p2p(line: str) -> Span | None:
    """`name:first-last`."""
    left, dash, last = line.rpartition("-")
    if not dash or ":" not in left:
        return None
    if ":" not in last:
        name, _, first = left.rpartition(":")
        return _span(first, last, _STRICT, name.strip() or None)
    # The name may hold colons, and so may the address.
    found: Span | None = None
    at = max(0, len(left) - _LONGEST_IPV6 - 1)
    while (at := left.find(":", at) + 1) > 0:
        span = _span(left[at:], last, _STRICT, left[: at - 1].strip() or None)
        if span is not None:
            found = span if found is None else _narrower(found, span)
    return found


def _narrower(one: Span, other: Span | None) -> Span:
    """The one that bans less: in `DE:2001:db8::-2001:db8::3` the country could also be part of the address."""
    if other is None or one.last - one.first <= other.last - other.first:
        return one
    return other


def _span(first: str, last: str, octets: dict[str, int], comment: str | None) -> Span | None:
    start, end = _number(first.strip(), octets), _number(last.strip(), octets)
    if start is None or end is None or start[0] != end[0] or start[1] > end[1]:
        return None
    if start[0] == 4:  # noqa: PLR2004 - IP version
        return Span(4, start[1], end[1], comment)
    return _unmapped(6, start[1], end[1], comment)


def _number(text: str, octets: dict[str, int]) -> tuple[int, int] | None:
    """Version and value of an address."""
    if ":" in text:
        try:
            return 6, int(parse_ip(text))
        except InvalidAddress:
            return None
    try:
        a, b, c, d = text.split(".")
        return 4, octets[a] << 24 | octets[b] << 16 | octets[c] << 8 | octets[d]
    except (ValueError, KeyError):
        return None


def _unmapped(version: int, first: int, last: int, comment: str | None) -> Span:
    if version == 6 and first >= _MAPPED_START and last <= _MAPPED_LAST:  # noqa: PLR2004 - IP version
        return Span(4, first - _MAPPED_START, last - _MAPPED_START, comment)
    return Span(version, first, last, comment)
