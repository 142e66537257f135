"""Brings the plugin's ban list in line with ours; what the user bans in BiglyBT itself stands elsewhere and stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from app.adapters.downloaders.ban_entries import Span, read_entry, span_of
from app.adapters.downloaders.biglybt.session import Session
from app.adapters.downloaders.biglybt.wire import Outcome
from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.reading import decode, decode_now, expect
from app.domain.address import Prefix, is_single, parse_ip, show, single
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch
from app.services.ports import Push

_PATH: Final = "bans"


@dataclass(frozen=True, slots=True)
class Plan:
    """How what stands there becomes what shall; all in the spelling to send."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    """Ours, and not wanted any more."""
    foreign: tuple[str, ...]
    """Of another program that uses the plugin, too."""


class BanWriter:
    """Applies pushes to one plugin."""

    def __init__(self, session: Session, *, increment: bool) -> None:
        self._session = session
        self._increment = increment
        self._holds = False

    async def apply(self, push: Push, kicks: Collection[str]) -> None:
        """`kicks` are the connected peers inside what is added, as the plugin spells them.

        It drops a peer only when its very address is added: for a block, and for IPv6 in another spelling, that is
        added beside the entry and taken off again. Raises ProtocolMismatch when entries did not stick.
        """
        if not (push.everything or push.added or push.removed):
            return
        if push.everything or not self._increment:
            sure = await self._match(push, kicks)
        else:
            added = await computed(len(push.added), _spelled, push.added)
            removed = await computed(len(push.removed), _spelled, push.removed)
            sure = await self._change(added, removed)
            sure = await self._kick(push, added, kicks) and sure
        self._holds = bool(push.wanted)
        if not sure:
            await self._confirm(push)

    async def has_been_emptied(self) -> bool:
        """Whether it held entries of ours and holds none: the plugin was started anew by itself."""
        return self._holds and not await self._read()

    async def _match(self, push: Push, kicks: Collection[str]) -> bool:
        """Returns whether nothing was to be changed."""
        plan = await self._plan(push)
        if self._increment:
            await self._change(plan.missing, plan.stale)
        elif plan.missing or plan.stale:
            entries = [*await computed(len(push.wanted), _spelled, push.wanted), *plan.foreign]
            body = {"replaceWith": entries, "includeNonPBHEntries": False}
            expect(await self._session.send("PUT", _PATH, json=body), _PATH)
        await self._kick(push, plan.missing if self._increment else (), kicks)
        return not (plan.missing or plan.stale)

    async def _change(self, added: Sequence[str], removed: Sequence[str]) -> bool:
        """Returns whether it says that it has done all."""
        # Removals first, so that what is added stands whatever else the plugin takes off with a block.
        sure = not removed or await self._ask("DELETE", removed)
        return (not added or await self._ask("POST", added)) and sure

    async def _kick(self, push: Push, added: Collection[str], kicks: Collection[str]) -> bool:
        """Drop those who are not dropped by what was added."""
        dropped = set(added)
        beside = [text for text in kicks if text not in dropped]
        if not beside:
            return True
        sure = await self._ask("POST", beside)
        extra = [text for text in beside if single(parse_ip(text)) not in push.wanted]
        return (not extra or await self._ask("DELETE", extra)) and sure

    async def _ask(self, method: str, entries: Sequence[str]) -> bool:
        """Add or take off; returns whether all went well."""
        answer = await self._session.send(method, _PATH, json={"ips": entries})
        return decode_now(expect(answer, _PATH).body, Outcome).failed == 0

    async def _confirm(self, push: Push) -> None:
        """Read back."""
        plan = await self._plan(push)
        for text, entries in (("bans-not-taken", plan.missing), ("bans-not-lifted", plan.stale)):
            if entries:
                raise ProtocolMismatch(Text(text, {"count": len(entries), "example": entries[0]}))

    async def _plan(self, push: Push) -> Plan:
        standing = await self._read()
        size = len(standing) + len(push.wanted) + len(push.owned)
        return await computed(size, make_plan, standing, push.wanted, push.owned)

    async def _read(self) -> list[str]:
        answer = expect(await self._session.send("GET", _PATH), _PATH)
        return await decode(answer.body, list[str])


def make_plan(
    standing: Collection[str], wanted: Collection[Prefix], owned: Collection[Prefix]
) -> Plan:
    """Compare by the addresses meant, as the plugin may spell an entry in another way."""
    ours = {show(prefix): prefix for prefix in wanted}
    others = [text for text in standing if text not in ours]
    if not others:
        there = set(standing)
        return Plan(tuple(sorted(text for text in ours if text not in there)), (), ())
    spans = {text: read_entry(text.strip().removeprefix("/")) for text in others}
    wanted_spans = {span_of(prefix) for prefix in wanted}
    there = set(standing)
    respelt = set(spans.values())
    missing = [t for t, p in ours.items() if t not in there and span_of(p) not in respelt]
    stale: list[str] = []
    foreign: list[str] = []
    is_ours = _Owned(owned)
    for text, span in spans.items():
        if span not in wanted_spans:
            (stale if span is not None and is_ours(span) else foreign).append(text)
    return Plan(tuple(sorted(missing)), tuple(sorted(stale)), tuple(sorted(foreign)))


class _Owned:
    """Says which entries are ours: those that may be, and single addresses inside a block of ours.

    The latter are what is left of a kick when we were killed in the middle of it.
    """

    def __init__(self, owned: Collection[Prefix]) -> None:
        self._spans = {span_of(prefix) for prefix in owned}
        self._blocks: PrefixMap[bool] = PrefixMap()
        for prefix in owned:
            if not is_single(prefix):
                self._blocks[prefix] = True

    def __call__(self, span: Span) -> bool:
        version, first, last = span
        if span in self._spans:
            return True
        address = IPv4Address(first) if version == 4 else IPv6Address(first)  # noqa: PLR2004 - IP version
        return first == last and bool(self._blocks.find(address))


def _spelled(prefixes: Collection[Prefix]) -> list[str]:
    return sorted(map(show, prefixes))
