"""What the progress rule remembers of one user: a block of addresses on one torrent at one downloader.

PBH adds up all that a block received and holds it against the progress of whoever is looked at. Two honest neighbours
that both fetch the whole torrent are banned by that. Here each connection keeps its own counters, and the past of a
block is charged to a connection only as far as it can be its own past:

* A connection seen since this one came (`concurrent`) belongs to somebody else. What it received is its own affair, and
  if it reports more than it received, earlier connections may have been its.
* Of connections that ended before this one came (`left`), only those that did not overlap can be one user's.
* `STRANGERS` of them may have been other users, who are credited with what they reported.

So nobody is charged for more than one user can have received, while who reconnects again and again, from other ports
or other addresses of the block, and starts over each time, soon is. With at most `STRANGERS` users gone for good, the
charge of an honest peer never exceeds what it received itself.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from app.domain.verdict import Verdict

STRANGERS: Final = 2
"""Users of one block who may leave a torrent and be followed by one who starts from nothing."""

_MOST: Final = 16
"""Connections of one record that are told apart."""


class Connection(Struct, gc=False):
    """One endpoint: who comes back from the same address and port continues."""

    ip: int
    port: int
    first_seen: int
    """Epoch milliseconds, also below; 0 is never."""
    last_seen: int
    received: int = 0
    """Bytes, over all resets of the counter."""
    last_uploaded: int = 0
    """The counter at the last look."""
    progress: float = 0.0
    """The last that was not zero."""
    window_end: int = 0
    fast_at: int = 0
    falls: int = 0
    """How often the progress fell by more than the limit."""
    answer: tuple[int, int, float, Verdict] | None = None
    """The last hit with its instant, counter and progress: asked again, the same is said again. Not stored."""
    back_at: int = 0
    """When it came back last: its counter began anew. Not stored."""


class ProgressRecord(Struct, gc=False):
    """One block's account on one torrent."""

    first_seen: int
    last_seen: int
    connections: list[Connection] = []
    total: int = 0
    """Bytes that all connections received, those no longer told apart included."""
    left: tuple[float, ...] = ()
    """The highest progress of connections no longer told apart, at most `STRANGERS`."""
    completed: int = 0
    """The most that we held of the torrent, bytes."""
    differences: int = 0
    """Bans of each kind; rewinds below."""
    rewinds: int = 0

    def connection(self, ip: int, port: int, uploaded: int, at: int) -> Connection:
        """The one from this endpoint, made when it is new.

        Where a client knows peers by address alone, the counter goes on when a peer comes back from another port
        (reference/rules.md D-13); so what was counted before does not count again.
        """
        connections = self.connections
        if not connections:
            fresh = Connection(ip, port, at, at)
            self.connections = [fresh]  # takes half of the memory that a list does which grew
            return fresh
        latest = None
        for each in connections:
            if each.ip == ip:
                if each.port == port:
                    return each
                if latest is None or each.last_seen > latest.last_seen:
                    latest = each
        fresh = Connection(ip, port, at, at)
        if latest is not None and latest.last_seen < at and 0 < latest.last_uploaded <= uploaded:
            fresh.last_uploaded = latest.last_uploaded
        # Who left while the window ran shall not get a new one by changing ports.
        fresh.window_end = max(each.window_end for each in connections)
        connections.append(fresh)
        return fresh

    def count(self, own: Connection, uploaded: int) -> int:
        """Take in the counter; returns the increment in bytes."""
        if uploaded < 0 and own.last_uploaded != 0:
            return 0  # unknown for a moment; the counter goes on afterwards
        last = own.last_uploaded
        increment = uploaded if uploaded < last else uploaded - last
        own.last_uploaded = uploaded
        own.received += increment
        self.total += increment
        return increment

    def charge(self, own: Connection, size: int) -> int:
        """Bytes that the user behind `own` received as far as we can tell, never less than the connection itself."""
        came, folded = own.first_seen, self.total - own.received
        left: list[Connection] = []
        concurrent: list[Connection] = []
        for each in self.connections:
            if each is own:
                continue
            folded -= each.received
            (left if each.last_seen < came else concurrent).append(each)
        charged = _unexplained(left, concurrent, size, folded, self.left)
        here = [each for each in left if each.ip == own.ip]
        if len(here) != len(left) or any(each.ip != own.ip for each in concurrent):
            beside = [each for each in concurrent if each.ip == own.ip]
            charged = max(charged, _unexplained(here, beside, size, 0, ()))
        return own.received + charged

    def fold(self, own: Connection, size: int) -> None:
        """Stop telling the oldest connection apart when there are too many."""
        if len(self.connections) <= _MOST:
            return
        oldest = min(
            (each for each in self.connections if each is not own),
            key=lambda each: each.last_seen,
        )
        self.connections.remove(oldest)
        beside = sum(
            each.first_seen <= oldest.last_seen and each.last_seen >= oldest.first_seen
            for each in self.connections
        )
        if 2 * beside >= _MOST:
            # A crowd: many users at once. What this one reported is explained for good.
            self.total -= min(oldest.received, int(oldest.progress * size))
        else:
            self.left = _highest([*self.left, oldest.progress])

    def copy(self) -> ProgressRecord:
        """As it is now, for whoever stores it."""
        return replace(self, connections=[replace(each, answer=None) for each in self.connections])

    def close_windows(self) -> None:
        """Start anew with the grace of all connections, after a ban."""
        for each in self.connections:
            each.window_end = 0


def _unexplained(
    left: list[Connection],
    concurrent: list[Connection],
    size: int,
    folded: int,
    folded_progress: tuple[float, ...],
) -> int:
    """Bytes received earlier that nobody but the connection in question can have received."""
    past = folded + (_longest(left) if left else 0)
    if past <= 0:
        return 0
    strangers = _highest([*folded_progress, *(each.progress for each in left)])
    explained = sum(int(progress * size) + 1 for progress in strangers)
    for each in concurrent:
        spare = int(each.progress * size) + 1 - each.received
        if spare > 0:
            explained += min(spare, past)
    return max(0, past - explained)


def _longest(left: list[Connection]) -> int:
    """The most bytes that connections of which no two overlap received."""
    if len(left) == 1:
        return left[0].received
    ordered = sorted(left, key=lambda each: each.last_seen)
    best: list[int] = []
    for each in ordered:
        before = [
            most
            for most, other in zip(best, ordered, strict=False)
            if other.last_seen < each.first_seen
        ]
        best.append(each.received + max(before, default=0))
    return max(best)


def _highest(shares: list[float]) -> tuple[float, ...]:
    return tuple(sorted(shares, reverse=True)[:STRANGERS])
