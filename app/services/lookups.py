"""Composes what rules look up beside their settings: places, names, lists, scripts, and what they remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.domain.address_list import AddressList
from app.domain.errors import AppError
from app.domain.name_list import NameList
from app.domain.rules.ip_blocklist import IpBlocklist
from app.domain.rules.ptr import PTR
from app.domain.rules.rule import BehaviourRule
from app.domain.rules.scripts import SCRIPTS, ScriptRule
from app.domain.script import ScriptLimits
from app.domain.sighting import Batch
from app.services.events import AlertRaised, EventBus, PeerKey
from app.services.judge import Foresight, Outlook, RuleSet
from app.services.neighbours import Neighbours
from app.services.outside import Outside
from app.services.places import Places
from app.services.ports import Clock
from app.services.reverse_names import ReverseNames
from app.services.rule_set import Memories, Parts
from app.services.scripts import Scripts
from app.settings.config import Config, Resolvers
from app.settings.modules import ExpressionEngine
from app.settings.profile import Profile


class Lists(Protocol):
    """The remote lists in force."""

    def address_lists(self) -> tuple[AddressList, ...]: ...

    def name_lists(self) -> tuple[NameList, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """The services that rules ask."""

    places: Places
    names: ReverseNames
    lists: Lists
    scripts: Scripts
    memories: Memories = field(default_factory=Memories)
    more: tuple[Foresight, ...] = ()
    """What else is looked up before judging."""

    def parts(self, neighbours: Neighbours) -> Parts:
        """As rules get them."""
        return Parts(
            neighbours=neighbours,
            scripts=self._script_rule,
            memories=self.memories,
            places=self.places,
            names=self.names,
            address_lists=self.lists.address_lists,
            name_lists=self.lists.name_lists,
        )

    def outlook(self, neighbours: Neighbours, rules: Callable[[], Iterable[RuleSet]]) -> Outlook:
        """What the judge does for `rules`, which are those that somebody is judged by."""
        return Outlook(
            foresights=(_PlacesWhenAsked(self.places, rules), *self.more, self.scripts),
            memories=(_Leaving(self.memories),),
            widen=neighbours.widen,
        )

    def with_empty_memories(self) -> Lookups:
        """The same for rules that know nobody yet."""
        return replace(self, memories=Memories())

    async def load(self) -> None:
        """Read what is on disk, before anything is judged."""
        await self.places.refresh()
        with suppress(AppError):  # `run` looks again, and tells
            await self.scripts.reload()

    def _script_rule(self, own: ExpressionEngine) -> BehaviourRule:
        return ScriptRule(
            answering=self.scripts.answering, duration=own.ban_duration or 0, mode=own.mode
        )


@dataclass(frozen=True, slots=True)
class Current:
    """The settings in force, asked each time."""

    config: Callable[[], Config]
    profile: Callable[[], Profile]


def make_places(current: Current, outside: Outside, bus: EventBus, clock: Clock) -> Places:
    """The geographic databases."""
    return Places(
        outside.place_files,
        outside.open_fetch(lambda: current.config().proxy),
        lambda: current.config().ip_database,
        bus=bus,
        clock=clock,
        bases=outside.place_sources,
    )


def make_scripts(profile: Profile, outside: Outside, bus: EventBus) -> Scripts:
    """The user's scripts."""
    return Scripts(
        engine=outside.script_engine,
        files=outside.script_files,
        bus=bus,
        limits=limits_of(profile.expression_engine),
        active=profile.uses(SCRIPTS),
    )


def limits_of(engine: ExpressionEngine) -> ScriptLimits:
    """What a script may take."""
    return ScriptLimits(time_ms=engine.time_limit, memory_bytes=engine.memory_limit)


class NameServers:
    """Asks name servers while a rule or the user wants names, and only then."""

    def __init__(self, names: ReverseNames, outside: Outside, bus: EventBus) -> None:
        self._names, self._open, self._bus = names, outside.open_resolver, bus
        self._by: tuple[bool, Resolvers] | None = None

    async def follow(self, current: Current) -> None:
        """Take over what the settings say."""
        profile, config = current.profile(), current.config()
        wanted = profile.uses(PTR) or config.lookup.dns_reverse_lookup
        if self._by == (wanted, config.resolvers):
            return
        self._by = (wanted, config.resolvers)
        resolver = None
        if wanted:
            resolver, problems = self._open(config.resolvers)
            for problem in problems:
                self._bus.publish(AlertRaised(kind="name-servers", text=problem))
        before = self._names.use(resolver)
        if before is not None:
            await before.close()

    async def close(self) -> None:
        """Ask nobody any more."""
        before = self._names.use(None)
        if before is not None:
            await before.close()


class _PlacesWhenAsked:
    """Looks places up only while a rule wants them."""

    def __init__(self, places: Places, rules: Callable[[], Iterable[RuleSet]]) -> None:
        self._places, self._rules = places, rules

    async def prepare(self, batches: Sequence[Batch]) -> None:
        everywhere = (rule for rules in self._rules() for rule in rules.identity)
        if any(isinstance(rule, IpBlocklist) and rule.by_place for rule in everywhere):
            await self._places.prepare(batches)


class _Leaving:
    def __init__(self, memories: Memories) -> None:
        self._memories = memories

    def gone(self, keys: Iterable[PeerKey]) -> None:
        self._memories.idle.gone((key.downloader, key.torrent, key.endpoint) for key in keys)
