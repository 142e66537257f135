"""How the server answers with changes only: what it remembers for a session, and the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar

from app.demo.peer import PeerState

State = TypeVar("State")
Members: TypeAlias = Mapping[str, Any]

_CYCLE: Final = 1_000_000


class Memory(Generic[State]):
    """The last state sent, and the last one the client said it has; one pair for all it asks.

    That there is one pair only is why peer changes work for one torrent per session: asking for a
    second torrent overwrites what was remembered of the first (reference/downloaders.md 3.4).
    """

    def __init__(self, *, counts_on: bool) -> None:
        """With `counts_on` numbers go on through full answers, else these start again at 1."""
        self._counts_on = counts_on
        self._sent: tuple[int, State] | None = None
        self._accepted: tuple[int, State] | None = None

    def answer(self, rid: int, now: State) -> tuple[int, State | None]:
        """The number of the answer to a client that has answer `rid`, and what to compare with.

        None to compare with means a full answer.
        """
        base: State | None = None
        if rid > 0 and self._sent is not None:
            if self._sent[0] == rid:
                self._accepted = self._sent
            if self._accepted is not None and self._accepted[0] == rid:
                base = self._accepted[1]
        if base is None:
            self._accepted = None
        last = self._sent[0] if self._sent is not None and (rid > 0 or self._counts_on) else 0
        number = last % _CYCLE + 1
        self._sent = (number, now)
        return number, base


def changed_members(old: Members, new: Members) -> dict[str, Any]:
    """The members of `new` that `old` does not have with the same value."""
    if old is new:
        return {}
    return {name: value for name, value in new.items() if name not in old or old[name] != value}


def changed_items(
    old: Mapping[str, Members], new: Mapping[str, Members]
) -> tuple[dict[str, Members], list[str]]:
    """Items with their changed members, new ones in full; and the keys that are gone."""
    changed: dict[str, Members] = {}
    for key, members in new.items():
        before = old.get(key)
        if before is members:
            continue
        difference = members if before is None else changed_members(before, members)
        if difference:
            changed[key] = difference
    return changed, [key for key in old if key not in new]


def changed_peer(old: PeerState, new: PeerState) -> dict[str, Any]:
    """The members of a peer that differ."""
    return {
        name: value
        for name in PeerState.__struct_fields__
        if (value := getattr(new, name)) != getattr(old, name)
    }
