"""The rules in judging order: built from the profile, switched and counted live."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.decision import Decision
from app.domain.errors import NotFound
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.rule import WithPatterns
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule_list import parse_rule_list
from app.domain.torrent import Torrent
from app.domain.verdict import Mode
from app.locale.texts import say
from app.services.events import (
    AlertRaised,
    BansChanged,
    EventBus,
    RulesChanged,
    SettingsChanged,
    Swept,
)
from app.services.judge import Judge, Panel
from app.services.ports import Clock
from app.services.rule_set import ORDER, Parts, RuleBook
from app.services.settings import SettingsBook
from app.services.shadow_log import ShadowLog
from app.settings.profile import Profile

log = logging.getLogger(__name__)

_PATTERN_KEYS: Final = {("banned-peer-id",), ("banned-client-name",), ("ptr-rules",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """One rule as front ends list it."""

    name: str
    mode: Mode
    entries: int
    """Patterns, addresses, lists' entries or scripts that it holds; 0 for rules about behaviour."""
    bans: int
    """Bans since the program started."""
    would_ban: int
    """Peers that it would have banned in shadow, since the program started."""


class Rules:
    """Lists, switches and explains the rules; keeps the judge up to date."""

    def __init__(  # noqa: PLR0913 - composed by hand in one place
        self,
        *,
        settings: SettingsBook,
        judge: Judge,
        book: RuleBook,
        parts: Parts,
        bus: EventBus,
        clock: Clock,
        shadows: ShadowLog,
        entries: Callable[[Profile], Mapping[str, int]],
    ) -> None:
        """`entries` counts what the rules hold that stands outside the profile."""
        self._settings, self._judge, self._book, self._parts = settings, judge, book, parts
        self._bus, self._clock, self._shadows, self._entries = bus, clock, shadows, entries
        self._profile = settings.profile
        self._bans: Counter[str] = Counter()
        self._given_up: set[tuple[str, str]] = set()
        bus.subscribe(SettingsChanged, self._follow_settings)
        bus.subscribe(BansChanged, self._count_bans)
        bus.subscribe(Swept, self._tell_of_slow_patterns)

    def states(self) -> tuple[RuleState, ...]:
        """All rules in judging order."""
        entries = self._entries(self._settings.profile)
        return tuple(
            RuleState(
                name=rule.name,
                mode=rule.mode,
                entries=entries.get(rule.name, 0),
                bans=self._bans[rule.name],
                would_ban=self._shadows.counts.get(rule.name, 0),
            )
            for rule in self._judge.rules.rules
        )

    async def set_mode(self, name: str, mode: Mode) -> None:
        """Enforce a rule, let it only watch, or switch it off; in force with the next sweep."""
        await self.change(name, {("mode",): mode})

    async def change(self, name: str, values: Mapping[tuple[str, ...], object]) -> None:
        """Set keys of `module.<name>` in profile.yml.

        Raises InvalidSetting or InvalidRule, and then nothing changes.
        """
        if name not in ORDER:
            raise NotFound(Text("rule-unknown", {"name": name}))
        for key, value in values.items():
            if key in _PATTERN_KEYS and isinstance(value, (list, tuple)):
                parse_rule_list([str(entry) for entry in value])
        changes = {("module", name, *key): value for key, value in values.items()}
        await self._settings.change("profile.yml", changes)

    async def what_if(self, peer: Peer, torrent: Torrent, downloader: str = "") -> Decision:
        """What all rules say of an invented peer that nobody saw before; nothing is banned or counted."""
        seen = Sighting(at=self._clock(), downloader=downloader, torrent=torrent, peer=peer)
        batch = Batch([seen])
        await self._judge.prepare([batch])
        panel = Panel(self._book.alone(downloader, torrent))
        return (await self._judge.decide(panel, batch))[0]

    def rebuild(self) -> None:
        """Judge by rules made anew: something that they look at was replaced."""
        self._book = RuleBook(self._profile, self._parts)
        self._judge.use(self._book.whole, self._book.variant)
        self._bus.publish(RulesChanged())

    def forget(self) -> None:
        """Judge everybody anew by the same rules: what they look at is another."""
        self._judge.forget()

    def _follow_settings(self, _event: SettingsChanged) -> None:
        profile = self._settings.profile
        if profile != self._profile:
            self._profile = profile
            self.rebuild()

    def _count_bans(self, event: BansChanged) -> None:
        if event.news:
            self._bans.update(ban.rule for ban in event.added if not ban.disconnect)

    def _tell_of_slow_patterns(self, _event: Swept) -> None:
        """Say once which patterns were switched off because they took too long."""
        for rule in self._judge.rules.identity:
            for pattern in rule.given_up if isinstance(rule, WithPatterns) else ():
                if (rule.name, pattern) in self._given_up:
                    continue
                self._given_up.add((rule.name, pattern))
                title = Text(f"title-{rule.name}")
                text = Text("pattern-given-up", {"pattern": pattern, "rule": title})
                log.warning("%s", say(text))
                self._bus.publish(AlertRaised(kind=f"pattern-{rule.name}", text=text))
