"""Bans client names that match patterns of subscribed lists (reference/rules.md 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from app.domain.capabilities import Need
from app.domain.name_list import NameList
from app.domain.reason import Text
from app.domain.rules.answers import Answers
from app.domain.rules.rule import Needs
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

NAME_SUBSCRIPTION: Final = "peer-name-blocker-rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSubscription:
    """The first pattern that fits bans the peer; a name that is known counts also while the peer idles (D-36)."""

    needs: ClassVar[Needs] = ((Need.CLIENT_NAMES,),)

    lists: tuple[NameList, ...] = ()
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = NAME_SUBSCRIPTION
    _allows: Text = field(init=False, repr=False)

    _answers: Answers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self.judge))
        entries = sum(len(each) for each in self.lists)
        allows = Text("list-allows", {"count": entries, "lists": len(self.lists)})
        object.__setattr__(self, "_allows", allows)

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return tuple(pattern for each in self.lists for pattern in each.given_up)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: by the name, and whether it may still come."""
        return self._answers.of(batch.rows(("peer.client_name", "peer.handshaking")), batch)

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by name alone; none passes."""
        name = sighting.peer.client_name or ""
        if sighting.peer.handshaking and not name.strip():
            return self._pass(Text("handshaking"), Text("saw-not-yet-known"))
        saw = Text("saw-text", {"text": name})
        if not name.strip():
            return self._pass(Text("pass"), saw)
        for each in self.lists:
            entry = each.find(name)
            if entry is None:
                continue
            told = {"name": name, "list": each.name, "comment": entry.comment}
            return Verdict(
                rule=self.name,
                action=Action.BAN,
                mode=self.mode,
                duration=self.duration,
                title=Text("rule-list", {"list": each.name}),
                reason=Text("name-list-banned", told),
                saw=saw,
                allows=self._allows,
                data={"ruleName": each.name},
            )
        return self._pass(Text("pass"), saw)

    def _pass(self, reason: Text, saw: Text) -> Verdict:
        return Verdict(rule=self.name, mode=self.mode, reason=reason, saw=saw, allows=self._allows)
