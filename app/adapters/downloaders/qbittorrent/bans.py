"""Brings qBittorrent's ban list in line with ours and leaves the user's own entries in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from socket import inet_ntoa
from typing import Final, ParamSpec, TypeAlias, TypeVar
from urllib.parse import urlencode

from app.adapters.downloaders.qbittorrent.session import Session
from app.adapters.downloaders.qbittorrent.wire import Preferences
from app.domain.address import InvalidAddress, Prefix, is_single, parse_block, parse_ip
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Push

P = ParamSpec("P")
T = TypeVar("T")
Span: TypeAlias = "tuple[int, int, int]"
"""IP version, first and last address as integers: the one form in which all spellings of an entry are equal."""

_MOST_AT_ONCE: Final = 100
"""Entries sent one by one; the server builds its filter anew for each (reference/downloaders.md 3.5)."""
_NO_SPAN: Final = (0, 0, 0)
"""Of lines that nobody can read."""
_MAPPED: Final = 0xFFFF
_IPV4: Final = 0xFFFFFFFF
_LARGE: Final = 500
"""Entries that take about 2 ms to compare."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the list shall be."""

    entries: tuple[str, ...]
    changes: bool
    """Whether that differs from what stands there."""


class BanWriter:
    """Applies pushes to one server."""

    def __init__(self, session: Session, *, increment: bool) -> None:
        self._session = session
        self._flavour = session.flavour
        self._increment = increment
        self._tried: tuple[tuple[str, ...], str] | None = None

    async def apply(self, push: Push, *, ranges: bool) -> None:
        """Raises ProtocolMismatch when entries did not stick."""
        if not (push.everything or push.added or push.removed):
            return
        if self._increment and is_incremental(push):
            peers = "|".join(item(prefix) for prefix in sorted_prefixes(push.added))
            await self._session.post(self._flavour.single, urlencode({"peers": peers}).encode())
            return
        await self._replace(push, ranges=ranges)

    async def _replace(self, push: Push, *, ranges: bool) -> None:
        preferences = await self._session.preferences()
        if push.everything:
            await self._clear_abandoned(push, preferences)
        name = self._flavour.entries
        standing: str = getattr(preferences, name)
        size = len(push.wanted) + len(push.owned) + standing.count("\n")
        wanted = await _computed(size, spans_of, push.wanted, ranges)
        plan = await _computed(size, make_plan, standing, wanted, push.owned)
        if plan.changes and self._tried != (plan.entries, standing):
            await self._session.set_preferences({name: "\n".join(plan.entries)})
            standing = getattr(await self._session.preferences(), name)
            # What the server made of it: the same list is not sent to the same state twice.
            self._tried = (plan.entries, standing)
        lacking = await _computed(size, find_lacking, standing, wanted)
        if lacking:
            raise ProtocolMismatch(
                Text("bans-not-taken", {"count": len(lacking), "example": lacking[0]})
            )

    async def _clear_abandoned(self, push: Push, preferences: Preferences) -> None:
        """Take ours out of the list that held them until the user wanted it the other way."""
        name = self._flavour.abandoned
        if name is None or not (standing := getattr(preferences, name)):
            return
        size = len(push.owned) + standing.count("\n")
        plan = await _computed(size, make_plan, standing, {}, push.owned)
        if plan.changes:
            await self._session.set_preferences({name: "\n".join(plan.entries)})


async def _computed(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, off the loop when it has many entries to go through."""
    if size > _LARGE:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


def is_incremental(push: Push) -> bool:
    """Whether single additions do."""
    return (
        not push.everything
        and not push.removed
        and 0 < len(push.added) <= _MOST_AT_ONCE
        and all(is_single(prefix) for prefix in push.added)
    )


def spell(prefix: Prefix) -> str:
    """An entry as the server spells it too, so that most of its lines need not be parsed."""
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
    """Those of `wanted` that the server has a form for, by how it spells them."""
    return {spell(prefix): span_of(prefix) for prefix in wanted if ranges or is_single(prefix)}


def item(prefix: Prefix) -> str:
    """A single address as `transfer/banPeers` takes it: without a port it would be ignored in silence."""
    address = prefix.network_address
    return f"[{address}]:1" if prefix.version == 6 else f"{address}:1"  # noqa: PLR2004 - IP version


def sorted_prefixes(prefixes: Iterable[Prefix]) -> list[Prefix]:
    """In a stable order across families."""
    return sorted(prefixes, key=span_of)


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
