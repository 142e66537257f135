"""One rule's answer about one peer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from app.domain.reason import Text


class Action(IntEnum):
    """What a verdict asks for; the higher wins (reference/rules.md 1.1)."""

    NO_ACTION = 0
    BAN_FOR_DISCONNECT = 1
    """A short technical ban that only drops the connection: not shown, not recorded, not reported."""
    BAN = 2
    SKIP = 3
    """The peer is exempt this time."""


class Mode(StrEnum):
    """How much a rule may do."""

    ENFORCE = "enforce"
    SHADOW = "shadow"
    """It records what it would have done and does nothing."""
    OFF = "off"


NO_DATA: Final[Mapping[str, Any]] = MappingProxyType({})


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """One rule's answer, with what it saw and what it allows, also when the peer passes."""

    rule: str
    """PBH's key of the rule, such as `peer-id-blacklist`; `exception` and `manual` are ours."""
    action: Action = Action.NO_ACTION
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    """Milliseconds of a ban; 0 means the global length."""
    title: Text | None = None
    """Which entry of the rule matched."""
    reason: Text
    """One sentence: what was seen, then what is allowed."""
    saw: Text | None = None
    allows: Text | None = None
    margin: float | None = None
    """Measured / threshold where both are numbers; above 1 is beyond it."""
    data: Mapping[str, Any] = NO_DATA
    """Structured facts, JSON values only, as PBH names them."""
    review_at: int | None = None
    """Epoch milliseconds at which the answer may differ though nothing about the peer changed."""

    @property
    def hits(self) -> bool:
        """Whether it asks for a ban."""
        return self.action in (Action.BAN, Action.BAN_FOR_DISCONNECT)
