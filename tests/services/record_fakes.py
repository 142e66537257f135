"""Stores of records in memory; what the tables make of them is tested with the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.address import IPAddress
from app.services.errors import StorageError
from app.services.peer_recording import PeerRecord, PeerReport
from app.services.session_analysis import Session, SessionDay, SessionKey
from app.services.swarm_tracking import SwarmReport, TrackedPeer
from app.services.traffic_journal import TrafficHour


@dataclass
class Refusing:
    """`fails` makes each call that writes raise."""

    fails: bool = False

    def check(self) -> None:
        if self.fails:
            raise StorageError("disk full")


@dataclass
class MemoryPeerRecords(Refusing):
    """Keeps what was written, call by call."""

    written: list[Sequence[PeerReport]] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)

    async def write(self, reports: Sequence[PeerReport]) -> None:
        self.check()
        self.written.append(reports)

    async def forget(self, *, before: int) -> int:
        self.forgotten.append(before)
        return 0

    async def of_address(
        self, address: IPAddress, *, offset: int, limit: int
    ) -> tuple[int, Sequence[PeerRecord]]:
        del address, offset, limit
        return 0, []


@dataclass
class MemorySessions(Refusing):
    """Keeps sessions by day."""

    sessions: dict[int, dict[SessionKey, Session]] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    """Sessions by day, as counted last."""
    closed: int = 0
    forgotten: list[int] = field(default_factory=list)

    async def write(self, day: int, sessions: Sequence[tuple[SessionKey, Session]]) -> None:
        self.check()
        self.sessions.setdefault(day, {}).update(sessions)

    async def count(self, day: int) -> None:
        self.counted[day] = len(self.sessions.get(day, {}))

    async def close_days(self, *, before: int) -> None:
        self.closed = before

    async def forget(self, *, before: int) -> int:
        self.forgotten.append(before)
        return 0

    async def days(self, *, since: int, until: int) -> Sequence[SessionDay]:
        del since, until
        return []


@dataclass
class MemorySwarm(Refusing):
    """Keeps what was written, call by call."""

    written: list[Sequence[SwarmReport]] = field(default_factory=list)
    emptied: int = 0

    async def empty(self) -> None:
        self.emptied += 1

    async def write(self, reports: Sequence[SwarmReport]) -> None:
        self.check()
        self.written.append(reports)

    async def count(self) -> int:
        return len(
            {(r.downloader, r.torrent.hash, r.peer.address) for w in self.written for r in w}
        )

    async def after(self, row_id: int, *, limit: int) -> Sequence[TrackedPeer]:
        del row_id, limit
        return []

    async def page(self, *, offset: int, limit: int) -> Sequence[TrackedPeer]:
        del offset, limit
        return []


@dataclass
class MemoryJournal(Refusing):
    """Keeps hours."""

    kept: dict[tuple[int, str], TrafficHour] = field(default_factory=dict)
    writes: int = 0

    async def last_hours(self) -> Sequence[TrafficHour]:
        return list({hour.downloader: hour for _, hour in sorted(self.kept.items())}.values())

    async def write(self, hours: Sequence[TrafficHour]) -> None:
        self.check()
        self.writes += len(hours)
        self.kept.update({(hour.at, hour.downloader): hour for hour in hours})

    async def hours(self, *, since: int, until: int) -> Sequence[TrafficHour]:
        return [hour for _, hour in sorted(self.kept.items()) if since <= hour.at <= until]

    async def forget(self, *, before: int) -> int:
        old = [key for key in self.kept if key[0] < before]
        for key in old:
            del self.kept[key]
        return len(old)


@dataclass
class MemoryFacts(Refusing):
    """Keeps facts."""

    facts: dict[str, str] = field(default_factory=dict)

    async def recall(self, key: str) -> str | None:
        return self.facts.get(key)

    async def remember(self, key: str, value: str | None) -> None:
        self.check()
        self.facts.pop(key, None)
        if value is not None:
            self.facts[key] = value
