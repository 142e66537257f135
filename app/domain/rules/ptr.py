"""Bans by the name that reverse DNS gives an address (reference/rules.md 3.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol, TypeAlias

from msgspec.structs import replace
from typing_extensions import override

from app.domain.address import Endpoint
from app.domain.lazy_facts import LazyFacts
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule import StringRule
from app.domain.string_rule_list import StringRuleList
from app.domain.verdict import Action, Mode, Verdict

PTR: Final = "ptr-blacklist"

_Names: TypeAlias = tuple[str, ...] | None
"""Of an address; None while nobody knows."""


class KnownNames(Protocol):
    """What reverse DNS said so far."""

    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        """All names of each address without a dot at the end, empty when it has none; None while nobody knows.

        Asking about an unknown address has it looked up; whoever asked is told by other ways and asks again.
        """
        ...


class _Shown(LazyFacts, gc=False):
    """Parameter of the text about what was seen; named like the field, so that it is encoded as a dict would be."""

    text: str

    @override
    def facts(self) -> dict[str, str]:
        return {"text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class PtrBlacklist:
    """Bans peers whose address has a name that fits; until the name is known, the peer passes."""

    banned: StringRuleList
    names: KnownNames
    mode: Mode = Mode.OFF
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = PTR
    _handshaking: Verdict = field(init=False, repr=False, compare=False)
    _pending: Verdict = field(init=False, repr=False, compare=False)
    _nameless: Verdict = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        allows = Text("allows-patterns", {"count": len(self.banned.rules)})
        for answer, reason, saw in (
            ("_handshaking", "handshaking", "saw-not-yet-known"),
            ("_pending", "reverse-pending", "saw-not-yet-known"),
            ("_nameless", "pass", "reverse-saw-none"),
        ):
            verdict = Verdict(
                rule=self.name, mode=self.mode, reason=Text(reason), saw=Text(saw), allows=allows
            )
            object.__setattr__(self, answer, verdict)

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return self.banned.given_up

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: nobody is asked while the handshake runs, and all names are matched together."""
        shaking = batch.column("peer.handshaking")
        asked = zip(batch.endpoints, shaking, strict=True)
        known = self.names.names_of([endpoint for endpoint, busy in asked if not busy])
        answers = self._pass_all(known)
        hits = self._hits(known)
        if hits:
            answers = list(map(partial(self._judge, hits), known, answers))
        given = iter(answers)
        return [self._handshaking if busy else next(given) for busy in shaking]

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by each name; no name, or no answer in time, passes."""
        return self.judge_all(Batch([sighting]))[0]

    def _pass_all(self, known: Sequence[_Names]) -> list[Verdict]:
        # Hardly two of a batch have the same name, so that no answer is remembered.
        passing = self._nameless
        return [
            replace(passing, saw=Text("saw-text", _Shown(", ".join(names))))
            if names
            else (self._pending if names is None else passing)
            for names in known
        ]

    def _hits(self, known: Sequence[_Names]) -> Mapping[str, StringRule]:
        """By the names that are banned."""
        single = [name for names in known if names for name in names]
        matched = self.banned.match_many(single)
        if not any(matched):
            return {}
        return {name: rule for name, rule in zip(single, matched, strict=True) if rule is not None}

    def _judge(self, hits: Mapping[str, StringRule], names: _Names, passing: Verdict) -> Verdict:
        for name in names or ():
            if name in hits:
                return self._ban(name, hits[name], passing)
        return passing

    def _ban(self, name: str, found: StringRule, passing: Verdict) -> Verdict:
        return replace(
            passing,
            action=Action.BAN,
            duration=self.duration,
            title=found.title,
            reason=Text("reverse-banned", {"name": name, "rule": found.title}),
            data={"rule": found.metadata},
        )
