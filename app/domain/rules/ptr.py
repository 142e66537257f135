"""Bans by the name that reverse DNS gives an address (reference/rules.md 3.11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from app.domain.address import Endpoint
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule import StringRule, StringRuleList
from app.domain.verdict import Action, Mode, Verdict

PTR: Final = "ptr-blacklist"
_PASS: Final = Text("pass")
_HANDSHAKING: Final = "handshaking"
_PENDING: Final = "reverse-pending"

_Names: TypeAlias = tuple[str, ...] | str
"""What is known of an address; while nobody knows, the id of the reason why."""


class KnownNames(Protocol):
    """What reverse DNS said so far."""

    def names_of(self, endpoints: Sequence[Endpoint]) -> list[tuple[str, ...] | None]:
        """All names of each address without a dot at the end, empty when it has none; None while nobody knows.

        Asking about an unknown address has it looked up; whoever asked is told by other ways and asks again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PtrBlacklist:
    """Bans peers whose address has a name that fits; until the name is known, the peer passes."""

    banned: StringRuleList
    names: KnownNames
    mode: Mode = Mode.OFF
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = PTR
    _allows: Text = field(init=False, repr=False)

    def __post_init__(self) -> None:
        allows = Text("allows-patterns", {"count": len(self.banned.rules)})
        object.__setattr__(self, "_allows", allows)

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return self.banned.given_up

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: all their names are matched together."""
        awaited = [_HANDSHAKING if peer.handshaking else None for peer in batch.peers]
        asked = [e for e, why in zip(batch.endpoints, awaited, strict=True) if why is None]
        told = iter(self.names.names_of(asked))
        known: list[_Names] = []
        for why in awaited:
            names = next(told) if why is None else why
            known.append(_PENDING if names is None else names)
        distinct = set(known)
        hits = self._hits(distinct)
        answers = {names: self._answer(names, hits) for names in distinct}
        return [answers[names] for names in known]

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by each name; no name, or no answer in time, passes. Nobody is asked while the handshake runs."""
        return self.judge_all(Batch([sighting]))[0]

    def _hits(self, known: Collection[_Names]) -> Mapping[str, StringRule]:
        """By the names that are banned."""
        names = [each for names in known if not isinstance(names, str) for each in names]
        matched = zip(names, self.banned.match_many(names), strict=True)
        return {name: found for name, found in matched if found is not None}

    def _answer(self, names: _Names, hits: Mapping[str, StringRule]) -> Verdict:
        if isinstance(names, str):
            return self._pass(Text(names), Text("saw-not-yet-known"))
        if not names:
            return self._pass(_PASS, Text("reverse-saw-none"))
        saw = Text("saw-text", {"text": ", ".join(names)})
        for each in names if hits else ():
            found = hits.get(each)
            if found is not None:
                return Verdict(
                    rule=self.name,
                    action=Action.BAN,
                    mode=self.mode,
                    duration=self.duration,
                    title=found.title,
                    reason=Text("reverse-banned", {"name": each, "rule": found.title}),
                    saw=saw,
                    allows=self._allows,
                    data={"rule": found.metadata},
                )
        return self._pass(_PASS, saw)

    def _pass(self, reason: Text, saw: Text) -> Verdict:
        return Verdict(rule=self.name, mode=self.mode, reason=reason, saw=saw, allows=self._allows)
