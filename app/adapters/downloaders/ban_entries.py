"""Entries of ban lists as texts, whatever spelling a client gives them, beside those of its user."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from socket import inet_ntoa
from typing import Final, TypeAlias

from app.domain.address import InvalidAddress, Prefix, is_single, parse_block, parse_ip
from app.domain.prefix_map import PrefixMap

Span: TypeAlias = "tuple[int, int, int]"
"""IP version, first and last address as integers: the one form in which all spellings of an entry are equal."""

_NO_SPAN: Final = (0, 0, 0)
"""Of lines that nobody can read."""
_MAPPED: Final = 0xFFFF
_IPV4: Final = 0xFFFFFFFF
_MANY: Final = 1000
"""Entries whose index takes about 2 ms to build."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the list shall be."""

    entries: tuple[str, ...]
    changes: bool
    """Whether that differs from what stands there."""


def spell(prefix: Prefix) -> str:
    """An entry as qBittorrent spells it too, so that most of its lines need not be parsed."""
    if not is_single(prefix):
        return str(prefix)
    address = prefix.network_address
    number = int(address)
    if isinstance(address, IPv4Address):
        return inet_ntoa(number.to_bytes(4))  # a third of the time that `ipaddress` takes
    if number >> 32 == _MAPPED:
        return f"::ffff:{inet_ntoa((number & _IPV4).to_bytes(4))}"
    return str(address)


def spans_of(wanted: Iterable[Prefix], ranges: bool) -> dict[str, Span]:  # noqa: FBT001 - as `Connection.ranges`
    """Those of `wanted` that the client has a form for, by how they are spelled."""
    return {spell(prefix): span_of(prefix) for prefix in wanted if ranges or is_single(prefix)}


def span_of(prefix: Prefix) -> Span:
    """The addresses that `prefix` holds."""
    first = int(prefix.network_address)
    return prefix.version, first, first | (1 << prefix.max_prefixlen - prefix.prefixlen) - 1


def read_entry(text: str) -> Span | None:
    """One line of the list: an address, a block, or `first - last`; None for anything else."""
    first, dash, last = text.partition("-")
    try:
        if "/" in text:
            return span_of(parse_block(text))
        start = parse_ip(first)
        end = parse_ip(last) if dash else start
    except InvalidAddress:
        return None
    if start.version != end.version or int(start) > int(end):
        return None
    return start.version, int(start), int(end)


def make_plan(standing: str, ours: dict[str, Span], owned: Collection[Prefix]) -> Plan:
    """Foreign entries, letter by letter as they stand there, and ours; `owned` is what was or is ours there."""
    known = ours.copy()
    for prefix in owned:
        text = spell(prefix)
        if text not in ours:
            known[text] = span_of(prefix)
    spoken_for = set(known.values())
    found: dict[str, Span] = {}
    foreign: dict[str, Span] = {}
    for raw in standing.splitlines():
        if line := raw.strip():
            span = found[line] = known.get(line) or read_entry(line) or _NO_SPAN
            if span not in spoken_for:
                foreign[line] = span
    entries = {**ours, **foreign}
    changes = set(entries.values()) != set(found.values())
    return Plan(tuple(sorted(entries, key=entries.__getitem__)), changes)


def find_lacking(standing: str, ours: dict[str, Span]) -> list[str]:
    """Those of `ours` that do not stand there, in whatever spelling."""
    lines = set(standing.splitlines())
    respelt = [text for text in ours if text not in lines]
    if not respelt:
        return []
    spans = {read_entry(line) for line in lines if line not in ours}
    return sorted((text for text in respelt if ours[text] not in spans), key=ours.__getitem__)


async def index_of(prefixes: Collection[Prefix]) -> PrefixMap[bool]:
    """Finds the addresses inside `prefixes`."""
    if len(prefixes) > _MANY:
        return await asyncio.to_thread(_index, prefixes)
    return _index(prefixes)


def _index(prefixes: Collection[Prefix]) -> PrefixMap[bool]:
    places: PrefixMap[bool] = PrefixMap()
    for prefix in prefixes:
        places[prefix] = True
    return places
