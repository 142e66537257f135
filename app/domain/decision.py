"""The merged answer of all rules about one peer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import is_
from typing import Final

from msgspec import Struct

from app.domain.verdict import Action, Mode, Verdict

# Asked for ten thousand peers: in an enumeration they are looked up by name.
_NO_ACTION: Final = Action.NO_ACTION
_BAN: Final = Action.BAN
_DISCONNECT: Final = Action.BAN_FOR_DISCONNECT
_ENFORCE: Final = Mode.ENFORCE
_SHADOW: Final = Mode.SHADOW


class Decision(Struct, frozen=True, gc=False):
    """What shall happen to a peer, and the answers that led there, in judging order."""

    action: Action
    deciding: Verdict | None
    """The verdict that won; None when no rule wanted anything."""
    duration: int
    """Milliseconds of the ban that follows; 0 when none does."""
    trace: tuple[Verdict, ...]
    review_at: int | None = None
    """Epoch milliseconds at which a rule wants to look again though nothing changed."""
    shadows: tuple[Verdict, ...] = ()
    """The rules in shadow that would have banned, when nothing bans or exempts in earnest.

    To drop a connection is no ban: it hides nothing.
    """

    @property
    def bans(self) -> bool:
        """Whether a ban follows."""
        return self.action is _BAN or self.action is _DISCONNECT

    @property
    def shadow(self) -> Verdict | None:
        """The first of them."""
        return next(iter(self.shadows), None)


def merge_all(columns: Sequence[Sequence[Verdict]], default_duration: int) -> list[Decision]:
    """`merge` of each peer's trace, given the answers of one rule after the other.

    Most peers are of no interest to any rule; who is not is found column by column.
    """
    wanted: set[int] = set()
    reviews: dict[int, int] = {}
    for column in columns:
        if _is_quiet(column):
            continue
        for at, verdict in enumerate(column):
            again = verdict.review_at
            if again is not None and again < reviews.get(at, again + 1):
                reviews[at] = again
            if verdict.action is not _NO_ACTION:
                wanted.add(at)
    return [
        merge(trace, default_duration)
        if at in wanted
        else Decision(_NO_ACTION, None, 0, trace, reviews.get(at))
        for at, trace in enumerate(zip(*columns, strict=True))
    ]


def _is_quiet(column: Sequence[Verdict]) -> bool:
    """Whether all share one answer, and it wants nothing."""
    if not column:
        return True
    first = column[0]
    return (
        first.action is _NO_ACTION
        and first.review_at is None
        and all(map(is_, column, repeat(first)))
    )


def merge(trace: Sequence[Verdict], default_duration: int) -> Decision:
    """Let the highest action win, among bans the longest effective duration, then the earlier rule.

    Verdicts of rules that are not in force (`shadow`, `off`) stand in the trace only.
    """
    best: Verdict | None = None
    best_rank = (_NO_ACTION, 0)
    review: int | None = None
    shadows: tuple[Verdict, ...] = ()
    for verdict in trace:
        again = verdict.review_at
        if again is not None and (review is None or again < review):
            review = again
        if verdict.action is _NO_ACTION:
            continue
        if verdict.mode is not _ENFORCE:
            if verdict.mode is _SHADOW and verdict.hits:
                shadows = (*shadows, verdict)
            continue
        rank = (verdict.action, verdict.duration or default_duration)
        if best is None or rank > best_rank:
            best, best_rank = verdict, rank
    if best is None:
        return Decision(_NO_ACTION, None, 0, tuple(trace), review, shadows)
    duration = best_rank[1] if best.hits else 0
    if best.action is not _DISCONNECT:
        shadows = ()
    return Decision(best.action, best, duration, tuple(trace), review, shadows)
