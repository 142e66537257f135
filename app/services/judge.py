"""Judges peers: protection and exceptions first, then the rules in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import is_
from typing import Final, Protocol

from app.domain.address import Prefix
from app.domain.capabilities import Source
from app.domain.decision import Decision, merge, merge_all
from app.domain.reason import Text
from app.domain.rules.missing import estimates, unanswerable
from app.domain.rules.rule import BehaviourRule, IdentityRule, Rule
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.services.events import PeerKey
from app.services.exceptions import Exceptions, silenced
from app.services.protection import Protection
from app.services.slices import Slices

OVERRIDE: Final = "override"

_SKIP: Final = Action.SKIP


class Foresight(Protocol):
    """Looks up what rules need before they judge, so that judging waits for nothing."""

    async def prepare(self, batches: Sequence[Batch]) -> None:
        """Called once with all that is about to be judged; ends soon and never raises."""


class Memory(Protocol):
    """What a rule remembers about live peers."""

    def gone(self, keys: Iterable[PeerKey]) -> None:
        """These left."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in judging order, with what applies to all of them."""

    identity: tuple[IdentityRule, ...]
    behaviour: tuple[BehaviourRule, ...]
    ban_duration: int
    """Milliseconds, for rules without a length of their own."""
    override: Verdict | None = None
    """The line of the trace that names what is different for some torrents."""

    @property
    def rules(self) -> tuple[IdentityRule | BehaviourRule, ...]:
        """All of them in judging order."""
        return (*self.identity, *self.behaviour)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the judge does for rules beside asking them."""

    foresights: tuple[Foresight, ...] = ()
    memories: tuple[Memory, ...] = ()
    widen: Callable[[Prefix], Prefix | None] = lambda _prefix: None
    """The block whose peers are to be judged again when the ban list changed at a prefix; None for nobody."""


class Variants(Protocol):
    """The rules with what overrides change."""

    def __call__(self, downloader: str, torrent: Torrent, /) -> RuleSet | None:
        """Those for one torrent, None when nothing is different there. Equal rules are the same objects."""


def _no_variants(_downloader: str, _torrent: Torrent) -> RuleSet | None:
    return None


class Panel:
    """One set of rules, ready to judge the peers of one kind of downloader."""

    def __init__(self, rules: RuleSet, source: Source | None = None) -> None:
        """Without a `source` nothing is missing."""
        self.rules = rules
        self._identity = [(rule, _settled(rule, source)) for rule in rules.identity]
        self._behaviour = [
            (rule, _settled(rule, source), _unasked(rule)) for rule in rules.behaviour
        ]
        noted = None if source is None else estimates(rules.rules, source)
        self._lines = [line for line in (rules.override, noted) if line is not None]
        self.head = 2 + len(self._lines) + len(rules.identity)
        """Length of the part of a trace that depends on who a peer is, not on what it does."""

    async def who(self, batch: Batch, slices: Slices) -> list[list[Verdict]]:
        """What each identity rule says, after the lines of the override and of what is estimated."""
        found = [[line] * len(batch) for line in self._lines]
        for rule, settled in self._identity:
            found.append(rule.judge_all(batch) if settled is None else [settled] * len(batch))
            await slices.rest_if_due()
        return found

    async def what(
        self, batch: Batch, spared: Sequence[int], slices: Slices
    ) -> list[list[Verdict]]:
        """What each behaviour rule says; about those who are spared, by their places in order, none is asked."""
        asked = batch.without(spared) if spared else batch
        found = []
        for rule, settled, unasked in self._behaviour:
            if settled is not None:
                found.append([settled] * len(batch))
                continue
            answers = rule.judge_all(asked)
            for place in spared:
                answers.insert(place, unasked)
            found.append(answers)
            await slices.rest_if_due()
        return found


class Judge:
    """Decides about peers by the rules in force."""

    def __init__(
        self,
        protection: Protection,
        exceptions: Exceptions,
        rules: RuleSet,
        *,
        variants: Variants = _no_variants,
        outlook: Outlook = Outlook(),
    ) -> None:
        self._protection, self._exceptions = protection, exceptions
        self._outlook = outlook
        self._variants = variants
        self._panels: dict[tuple[int, Source | None], Panel] = {}
        self._panel = Panel(rules)
        self.generation = 0
        """Grows whenever earlier decisions no longer hold."""

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self._panel.rules

    @property
    def in_use(self) -> tuple[RuleSet, ...]:
        """The rules in force, and the variants of them that somebody is judged by."""
        found = {id(panel.rules): panel.rules for panel in self._panels.values()}
        return (self.rules, *(rules for rules in found.values() if rules is not self.rules))

    def use(self, rules: RuleSet, variants: Variants = _no_variants) -> None:
        """Judge by `rules` from now on, and by `variants` of them where they differ."""
        self._variants = variants
        self._start_over(rules)

    def forget(self) -> None:
        """Judge everybody anew: exceptions, protection or what rules look up changed."""
        self._start_over(self.rules)

    def panel(self, downloader: str, torrent: Torrent, source: Source | None = None) -> Panel:
        """What judges the peers of one torrent; `source` where the downloader does not tell all that rules go by."""
        rules = self._variants(downloader, torrent)
        if rules is None:
            if source is None:
                return self._panel
            rules = self.rules
        found = self._panels.get((id(rules), source))
        if found is None:
            found = self._panels[id(rules), source] = Panel(rules, source)
        return found

    async def prepare(self, batches: Sequence[Batch]) -> None:
        """Look up what the rules need to judge these."""
        for foresight in self._outlook.foresights:
            await foresight.prepare(batches)

    async def decide(
        self,
        panel: Panel,
        batch: Batch,
        lasts: Sequence[Decision] | None = None,
        slices: Slices | None = None,
    ) -> list[Decision]:
        """Decisions about some peers; with the last ones, where identity and torrent are as they were then.

        At most some hundreds at once: between two rules others may run.
        """
        slices = slices or Slices()
        columns: list[Sequence[Verdict]]
        if lasts is None:
            columns = [self._protection.judge_all(batch), self._exceptions.judge_all(batch)]
            columns += await panel.who(batch, slices)
        else:
            columns = list(zip(*[last.trace[: panel.head] for last in lasts], strict=True))
        pairs = enumerate(zip(*columns[:2], strict=True))
        spared = [at for at, (a, b) in pairs if a.action is _SKIP or b.action is _SKIP]
        columns += await panel.what(batch, spared, slices)
        length = panel.rules.ban_duration
        found = merge_all(columns, length)
        if self._exceptions.silences:
            found = list(map(self._silence, batch.sightings, found, repeat(length)))
        if lasts is None:
            return found
        return [
            last if _same(last.trace, each.trace) else each
            for last, each in zip(lasts, found, strict=True)
        ]

    def near(self, prefixes: Iterable[Prefix]) -> list[Prefix]:
        """The blocks in which rules look at peers differently after the ban list changed at `prefixes`."""
        return [wide for prefix in prefixes if (wide := self._outlook.widen(prefix)) is not None]

    def gone(self, keys: Iterable[PeerKey]) -> None:
        """Let rules forget who left."""
        for memory in self._outlook.memories:
            memory.gone(keys)

    def _silence(self, sighting: Sighting, found: Decision, length: int) -> Decision:
        names = self._exceptions.silenced(sighting)
        if not names:
            return found
        return merge(tuple(silenced(v) if v.rule in names else v for v in found.trace), length)

    def _start_over(self, rules: RuleSet) -> None:
        self._panels = {}
        self._panel = Panel(rules)
        self.generation += 1


def _same(one: Sequence[Verdict], other: Sequence[Verdict]) -> bool:
    return len(one) == len(other) and all(map(is_, one, other))


def _settled(rule: Rule, source: Source | None) -> Verdict | None:
    """What stands in the trace for a rule that is off or cannot judge there; None for others."""
    if rule.mode is Mode.OFF:
        return Verdict(rule=rule.name, mode=Mode.OFF, reason=Text("rule-off"))
    return None if source is None else unanswerable(rule, source)


def _unasked(rule: Rule) -> Verdict:
    return Verdict(rule=rule.name, mode=rule.mode, reason=Text("rule-unasked"))
