"""All that is kept about peers and traffic, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from app.services.active_monitoring import ActiveMonitoring, Limiter
from app.services.events import EventBus
from app.services.peer_feed import PeerFeed
from app.services.peer_recording import PeerRecording, PeerRecordStore
from app.services.ports import Clock, Facts
from app.services.session_analysis import SessionAnalysis, SessionStore
from app.services.settings import SettingsBook
from app.services.swarm_tracking import SwarmStore, SwarmTracking
from app.services.traffic_journal import JournalStore, TrafficJournal


class RecordStore(Protocol):
    """Where it is kept, one store a concern; front ends read there."""

    @property
    def peer_records(self) -> PeerRecordStore: ...

    @property
    def sessions(self) -> SessionStore: ...

    @property
    def swarm(self) -> SwarmStore: ...

    @property
    def journal(self) -> JournalStore: ...

    @property
    def facts(self) -> Facts: ...


class Records:
    """Follows sweeps from when it is made; `run` does the work, `close` writes what is left."""

    def __init__(
        self,
        *,
        store: RecordStore,
        settings: SettingsBook,
        limiters: Callable[[], Mapping[str, Limiter]],
        bus: EventBus,
        clock: Clock,
    ) -> None:
        """`limiters` are the downloaders that answer at present, by id."""
        self.store = store
        self.journal = TrafficJournal(store.journal)
        recorders = (
            PeerRecording(store.peer_records, lambda: settings.profile.peer_recording),
            SessionAnalysis(store.sessions, lambda: settings.profile.session_analyse),
            SwarmTracking(store.swarm, lambda: settings.profile.swarm_tracking),
        )
        self._feed = PeerFeed(recorders, bus, clock)
        self._monitoring = ActiveMonitoring(
            settings=settings,
            journal=self.journal,
            facts=store.facts,
            limiters=limiters,
            bus=bus,
            clock=clock,
        )

    async def run(self) -> None:
        """Keep records until cancelled; no error ends it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._feed.run(), name="records of peers")
            group.create_task(self._monitoring.run(), name="active monitoring")

    async def attend(self) -> None:
        """Do once all that is due; never raises."""
        await self._feed.attend()
        await self._monitoring.look()

    async def close(self) -> None:
        """Write what is left, after the last sweep and after `run` ended; never raises."""
        await self._feed.close()
        await self._monitoring.close()
