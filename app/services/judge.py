"""Judges peers: protection and exceptions first, then the rules in order; answers that cannot change are remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Final, Protocol

from app.domain.address import Prefix
from app.domain.decision import Decision, merge
from app.domain.reason import Text
from app.domain.rules.rule import BehaviourRule, IdentityRule, InBatches
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import NO_DATA, Action, Mode, Verdict
from app.services.events import PeerKey
from app.services.exceptions import Exceptions, silenced
from app.services.protection import Protection

OVERRIDE: Final = "override"

_MEMORY_LIMIT: Final = 20_000
"""Answers kept per rule, some 300 bytes each; more than the peers of most, and a clear memory refills as it is used."""


class Foresight(Protocol):
    """Looks up what rules need before they judge, so that judging waits for nothing."""

    async def prepare(self, sightings: Sequence[Sighting]) -> None:
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
    """One set of rules, ready to judge; panels share what they remember of rules that they share."""

    def __init__(self, rules: RuleSet, memories: dict[int, dict[Hashable, Verdict]]) -> None:
        self.rules = rules
        self._identity = [
            (rule, None, _off(rule.name))
            if rule.mode is Mode.OFF
            else (rule, memories.setdefault(id(rule), {}), None)
            for rule in rules.identity
        ]
        self._behaviour = [
            (rule, _off(rule.name) if rule.mode is Mode.OFF else None, _unasked(rule))
            for rule in rules.behaviour
        ]
        self._batched = [
            rule
            for rule in rules.identity
            if rule.mode is not Mode.OFF and isinstance(rule, InBatches)
        ]
        self.head = 2 + (rules.override is not None) + len(rules.identity)
        """Length of the part of a trace that depends on who a peer is, not on what it does."""
        # Keyed by the verdicts' ids; each decision keeps its verdicts, and so their ids, alive.
        self._decisions: dict[tuple[int, ...], Decision] = {}

    def look_up(self, sightings: Sequence[Sighting]) -> None:
        """Let rules look up together who is about to be judged; without it they look each up alone."""
        for rule in self._batched:
            rule.look_up(sightings)

    def identify(self, sightings: Sequence[Sighting], heads: Sequence[list[Verdict]]) -> None:
        """Add the answers of the identity rules to the beginning of each trace."""
        for rule, memory, off in self._identity:
            if memory is None:
                for head in heads:
                    head.append(off)  # type: ignore[arg-type]  # one of both is there
                continue
            subject, judge = rule.subject, rule.judge
            for sighting, head in zip(sightings, heads, strict=True):
                key = subject(sighting)
                answer = memory.get(key)
                if answer is None:
                    if len(memory) >= _MEMORY_LIMIT:
                        memory.clear()
                    memory[key] = answer = judge(sighting)
                head.append(answer)

    def conclude(self, sighting: Sighting, head: Sequence[Verdict], *, spared: bool) -> Decision:
        """Ask the behaviour rules and merge."""
        trace = [*head]
        shared = True
        for rule, off, unasked in self._behaviour:
            answer = off or (unasked if spared else rule.judge(sighting))
            shared = shared and answer.data is NO_DATA and answer.review_at is None
            trace.append(answer)
        if not shared:
            return merge(trace, self.rules.ban_duration)
        key = tuple(map(id, trace))
        known = self._decisions.get(key)
        if known is None:
            known = merge(trace, self.rules.ban_duration)
            if len(self._decisions) >= _MEMORY_LIMIT:
                self._decisions.clear()
            self._decisions[key] = known
        return known


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
        self._remembered: dict[int, dict[Hashable, Verdict]] = {}
        self._panels: dict[int, Panel] = {}
        self._panel = Panel(rules, self._remembered)
        self.generation = 0
        """Grows whenever earlier decisions no longer hold."""

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self._panel.rules

    @property
    def in_use(self) -> tuple[RuleSet, ...]:
        """The rules in force, and the variants of them that somebody is judged by."""
        return (self.rules, *(panel.rules for panel in self._panels.values()))

    def use(self, rules: RuleSet, variants: Variants = _no_variants) -> None:
        """Judge by `rules` from now on, and by `variants` of them where they differ."""
        self._variants = variants
        self._start_over(rules)

    def forget(self) -> None:
        """Judge everybody anew: exceptions, protection or what rules look up changed."""
        self._start_over(self.rules)

    def panel(self, downloader: str, torrent: Torrent) -> Panel:
        """What judges the peers of one torrent."""
        rules = self._variants(downloader, torrent)
        if rules is None:
            return self._panel
        found = self._panels.get(id(rules))
        if found is None:
            found = self._panels[id(rules)] = Panel(rules, self._remembered)
        return found

    async def prepare(self, sightings: Sequence[Sighting]) -> None:
        """Look up what the rules need to judge these."""
        for foresight in self._outlook.foresights:
            await foresight.prepare(sightings)

    def decide(
        self,
        panel: Panel,
        sightings: Sequence[Sighting],
        lasts: Sequence[Decision | None],
    ) -> list[Decision]:
        """Decisions about some peers; of those with a last decision, identity and torrent are as they were then."""
        new = [s for s, last in zip(sightings, lasts, strict=True) if last is None]
        heads = [self._begin(sighting, panel) for sighting in new]
        panel.identify(new, heads)
        fresh = iter(heads)
        return [
            self._conclude(panel, sighting, next(fresh) if last is None else last.trace, last)
            for sighting, last in zip(sightings, lasts, strict=True)
        ]

    def near(self, prefixes: Iterable[Prefix]) -> list[Prefix]:
        """The blocks in which rules look at peers differently after the ban list changed at `prefixes`."""
        return [wide for prefix in prefixes if (wide := self._outlook.widen(prefix)) is not None]

    def gone(self, keys: Iterable[PeerKey]) -> None:
        """Let rules forget who left."""
        for memory in self._outlook.memories:
            memory.gone(keys)

    def _begin(self, sighting: Sighting, panel: Panel) -> list[Verdict]:
        head = [self._protection.judge(sighting), self._exceptions.judge(sighting)]
        if panel.rules.override is not None:
            head.append(panel.rules.override)
        return head

    def _conclude(
        self,
        panel: Panel,
        sighting: Sighting,
        head: Sequence[Verdict],
        last: Decision | None,
    ) -> Decision:
        spared = head[0].action is Action.SKIP or head[1].action is Action.SKIP
        found = panel.conclude(sighting, head[: panel.head], spared=spared)
        if self._exceptions.silences:
            names = self._exceptions.silenced(sighting)
            if names:
                trace = [silenced(v) if v.rule in names else v for v in found.trace]
                found = merge(trace, panel.rules.ban_duration)
        if last is not None and _same(last.trace, found.trace):
            return last
        return found

    def _start_over(self, rules: RuleSet) -> None:
        self._remembered = {}
        self._panels = {}
        self._panel = Panel(rules, self._remembered)
        self.generation += 1


def _same(one: Sequence[Verdict], other: Sequence[Verdict]) -> bool:
    return len(one) == len(other) and all(map(is_, one, other))


def _off(name: str) -> Verdict:
    return Verdict(rule=name, mode=Mode.OFF, reason=Text("rule-off"))


def _unasked(rule: BehaviourRule) -> Verdict:
    return Verdict(rule=rule.name, mode=rule.mode, reason=Text("rule-unasked"))
