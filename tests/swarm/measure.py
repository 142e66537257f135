"""Scores a program under test by a scenario and what its peers saw."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.swarm.events import Event, Seen
from tests.swarm.scenario import BadScenario, Expect, Scenario

TURNS = (Seen.CONNECTED, Seen.DROPPED, Seen.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore:
    """What became of one group."""

    name: str
    expect: Expect
    peers: int
    banned: int
    seconds_to_ban: tuple[float, ...]
    """For each banned peer that got in: from its first connection to the end of its last one."""
    received: int
    """Payload bytes given to all of the group."""
    leaked: int
    """The same, of peers that should be banned."""

    @property
    def is_right(self) -> bool:
        """Whether all of them were treated as expected."""
        return self.banned == (self.peers if self.expect is Expect.BAN else 0)

    def line(self) -> str:
        """Return it as a line of a table."""
        times = self.seconds_to_ban
        took = f"{statistics.median(times):.2f} s, at most {max(times):.2f} s" if times else "-"
        return (
            f"{'ok ' if self.is_right else 'BAD'} {self.name:12} {self.expect:4}"
            f" banned {self.banned}/{self.peers}"
            f"  to ban {took}  given {self.received / 2**20:.2f} MiB"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What became of a whole swarm."""

    groups: tuple[GroupScore, ...]

    def group(self, name: str) -> GroupScore:
        """Return the group of that name; raises `KeyError`."""
        return {group.name: group for group in self.groups}[name]

    @property
    def rightly_banned(self) -> int:
        """Number of peers."""
        return sum(group.banned for group in self.groups if group.expect is Expect.BAN)

    @property
    def wrongly_banned(self) -> int:
        """Number of peers."""
        return sum(group.banned for group in self.groups if group.expect is Expect.KEEP)

    @property
    def missed(self) -> int:
        """Number of peers that should be banned and were not."""
        return sum(
            group.peers - group.banned for group in self.groups if group.expect is Expect.BAN
        )

    @property
    def leaked(self) -> int:
        """Payload bytes given to peers that should be banned."""
        return sum(group.leaked for group in self.groups)

    def table(self) -> str:
        """Return it for a reader."""
        last = (
            f"banned rightly {self.rightly_banned}, wrongly {self.wrongly_banned},"
            f" missed {self.missed}; leaked {self.leaked / 2**20:.2f} MiB"
        )
        return "\n".join([*(group.line() for group in self.groups), last])


def score(scenario: Scenario, events: Iterable[Event]) -> Score:
    """Return who was banned and when; raises `BadScenario` for events of another scenario.

    A peer is banned when its last words are a refusal: the downloader hangs up before the
    handshake. Whether it ever got in does not matter. A peer that was just dropped and has not yet
    tried again is not known to be banned. Addresses are banned, so a refusal is no ban while
    another peer of the same address is in: that daemon wants one connection for each address.
    """
    expected = {group.name: group.expect for group in scenario.groups}
    by_peer: dict[str, dict[int, list[Event]]] = {name: {} for name in expected}
    last_turns: dict[int, Event] = {}
    for event in events:
        if event.group not in by_peer:
            raise BadScenario(f"{scenario.name} has no group {event.group}")
        by_peer[event.group].setdefault(event.number, []).append(event)
        if event.seen in TURNS:
            last_turns[event.number] = event
    inside = {event.ip for event in last_turns.values() if event.seen is Seen.CONNECTED}
    return Score(
        groups=tuple(
            _group(name, expected[name], list(peers.values()), inside)
            for name, peers in by_peer.items()
            if peers  # a daemon that does not run has groups without any
        )
    )


def _group(
    name: str, expect: Expect, peers: Sequence[Sequence[Event]], inside: set[str]
) -> GroupScore:
    turns = [[event for event in events if event.seen in TURNS] for events in peers]
    banned = [t for t in turns if t and t[-1].seen is Seen.REFUSED and t[-1].ip not in inside]
    received = sum(max(event.received for event in events) for events in peers)
    return GroupScore(
        name=name,
        expect=expect,
        peers=len(peers),
        banned=len(banned),
        seconds_to_ban=tuple(
            seconds for events in banned if (seconds := _seconds_to_ban(events)) is not None
        ),
        received=received,
        leaked=received if expect is Expect.BAN else 0,
    )


def _seconds_to_ban(turns: Sequence[Event]) -> float | None:
    ins = [index for index, event in enumerate(turns) if event.seen is Seen.CONNECTED]
    return turns[ins[-1] + 1].at - turns[ins[0]].at if ins else None
