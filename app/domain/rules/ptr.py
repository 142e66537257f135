"""Bans by the name that reverse DNS gives an address (reference/rules.md 3.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from app.domain.address import IPAddress
from app.domain.reason import Text
from app.domain.rules.answers import Answers
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule import StringRuleList
from app.domain.verdict import Action, Mode, Verdict

PTR: Final = "ptr-blacklist"
_PASS: Final = Text("pass")


class KnownNames(Protocol):
    """What reverse DNS said so far."""

    def names(self, ip: IPAddress) -> tuple[str, ...] | None:
        """All names of `ip` without a dot at the end, empty when it has none; None while nobody knows.

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

    _answers: Answers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self.subject, self.judge))
        allows = Text("allows-patterns", {"count": len(self.banned.rules)})
        object.__setattr__(self, "_allows", allows)

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return self.banned.given_up

    def subject(self, sighting: Sighting) -> tuple[str, ...] | bool:
        """The names; True while the handshake runs, when nobody is asked, False while they are not known."""
        if sighting.peer.handshaking:
            return True
        found = self.names.names(sighting.peer.address.effective.ip)
        return False if found is None else found

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many."""
        return self._answers.of(batch)

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by each name; no name, or no answer in time, passes."""
        names = self.subject(sighting)
        if isinstance(names, bool):
            reason = "handshaking" if names else "reverse-pending"
            return self._pass(Text(reason), Text("saw-not-yet-known"))
        if not names:
            return self._pass(Text("pass"), Text("reverse-saw-none"))
        saw = Text("saw-text", {"text": ", ".join(names)})
        for each in names:
            found = self.banned.match(each)
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
