"""What forged peers saw, as lines of JSON that a test can follow while the swarm runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Seen(StrEnum):
    """What happened to one forged peer."""

    CONNECTED = "connected"
    """The handshake came back."""
    GIVEN = "given"
    """It was given something within the last second."""
    DROPPED = "dropped"
    """A connection that had its handshake was cut by the other side."""
    REFUSED = "refused"
    """No connection, or one that was cut before its handshake."""
    WENT_BACK = "went_back"
    """It claimed less than before."""
    REWIND = "rewind"
    """It hung up to come back with nothing."""
    DONE = "done"
    """It makes no further attempt."""
    FINAL = "final"
    """Its last words; one for each peer when the swarm ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that one forged peer saw."""

    at: float
    """Seconds since the epoch."""
    number: int
    """Which peer of the scenario, from 0."""
    group: str
    ip: str
    seen: Seen
    received: int
    """Payload bytes it was given since it began."""
    claimed: float
    """Share it claims to have, 0 to 1."""
    why: str = ""
    port: int = 0
    """Its own port while connected."""

    def line(self) -> str:
        """Return it as one line of JSON, without the line's end."""
        return json.dumps(
            {
                "t": round(self.at, 4),
                "n": self.number,
                "group": self.group,
                "ip": self.ip,
                "ev": self.seen,
                "bytes": self.received,
                "claimed": round(self.claimed, 4),
                "why": self.why,
                "port": self.port,
            },
        )


class EventReader:
    """Follows a file of events while it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._events: list[Event] = []

    def read(self) -> Sequence[Event]:
        """Return all events completely written by now, oldest first; none without a file."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._position)
                whole, end, _ = file.read().rpartition(b"\n")
            self._position += len(whole) + len(end)
            self._events += [_parse(line) for line in whole.splitlines()]
        return self._events


def _parse(line: bytes) -> Event:
    raw = json.loads(line)
    return Event(
        at=raw["t"],
        number=raw["n"],
        group=raw["group"],
        ip=raw["ip"],
        seen=Seen(raw["ev"]),
        received=raw["bytes"],
        claimed=raw["claimed"],
        why=raw["why"],
        port=raw["port"],
    )
