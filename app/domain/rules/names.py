"""The two name rules: peer-id blacklist and client-name blacklist (reference/rules.md 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from app.domain.capabilities import Need
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.answers import Answers
from app.domain.rules.rule import Needs
from app.domain.sighting import Batch, Sighting
from app.domain.string_rule import StringRule
from app.domain.string_rule_list import StringRuleList
from app.domain.verdict import Action, Mode, Verdict

PEER_ID: Final = "peer-id-blacklist"
CLIENT_NAME: Final = "client-name-blacklist"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerIdBlacklist:
    """Bans by the peer id that the remote announces."""

    needs: ClassVar[Needs] = ((Need.PEER_IDS,),)

    banned: StringRuleList
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = PEER_ID
    _answers: Answers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self.judge))

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: by the id, and whether it may still come."""
        return self._answers.of(batch.rows(("peer.peer_id", "peer.handshaking")), batch)

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by id alone; no id while the handshake runs is no answer yet."""
        peer = sighting.peer
        return _judge(self, peer, peer.peer_id, "peer-id")

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return self.banned.given_up


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNameBlacklist:
    """Bans by the client name that the remote announces."""

    needs: ClassVar[Needs] = ((Need.CLIENT_NAMES,),)

    banned: StringRuleList
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    mode: Mode = Mode.ENFORCE
    name: str = CLIENT_NAME
    _answers: Answers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_answers", Answers(self.judge))

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The same of many: by the name, and whether it may still come."""
        return self._answers.of(batch.rows(("peer.client_name", "peer.handshaking")), batch)

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by name alone; no name while the handshake runs is no answer yet."""
        peer = sighting.peer
        return _judge(self, peer, peer.client_name, "client-name")

    @property
    def given_up(self) -> tuple[str, ...]:
        """See WithPatterns."""
        return self.banned.given_up


def _judge(
    rule: PeerIdBlacklist | ClientNameBlacklist, peer: Peer, subject: str | None, kind: str
) -> Verdict:
    allows = Text("allows-patterns", {"count": len(rule.banned.rules)})
    if peer.handshaking and not (subject or "").strip():
        return Verdict(
            rule=rule.name,
            mode=rule.mode,
            reason=Text("handshaking"),
            saw=Text("saw-not-yet-known"),
            allows=allows,
        )
    saw = Text("saw-text", {"text": subject or ""})
    found = rule.banned.match(subject)
    if found is None:
        return Verdict(rule=rule.name, mode=rule.mode, reason=Text("pass"), saw=saw, allows=allows)
    return Verdict(
        rule=rule.name,
        action=Action.BAN,
        mode=rule.mode,
        duration=rule.duration,
        title=found.title,
        reason=_reason(kind, subject or "", found),
        saw=saw,
        allows=allows,
        data={"rule": found.metadata},
    )


def _reason(kind: str, subject: str, found: StringRule) -> Text:
    return Text(f"{kind}-banned", {"name": subject, "rule": found.title})
