"""Brings what sweeps saw to those who keep records of it, in slices, so that sweeps need not wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Sequence
from typing import Final, Protocol

from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import (
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
    SettingsChanged,
    Swept,
)
from app.services.ports import Clock
from app.services.slices import Slices

log = logging.getLogger(__name__)

_ATTEND_EVERY: Final = 30.0
"""Seconds between two looks at what is due, while no sweep ends."""

_FIRST: Final = 180_000
"""Milliseconds until records are written for the first time, at most."""


class Recorder(Protocol):
    """Keeps records of peers; its first four methods return at once."""

    @property
    def on(self) -> bool:
        """Whether it wants to hear of anything."""

    def saw(self, at: int, judged: JudgedPeer) -> None:
        """A peer is new or changed."""

    def lost(self, key: PeerKey) -> None:
        """A peer is gone; it may not be known."""

    def swept(self, downloader: str, at: int) -> None:
        """All peers of the downloader that are not lost were seen at `at`."""

    def live(self, downloader: str) -> Collection[PeerKey]:
        """The peers there that it knows."""

    async def attend(self, now: int) -> None:
        """Follow the settings, write and tidy what is due; raises StorageError."""

    async def flush(self) -> None:
        """Write everything; raises StorageError."""


def is_due(since: int, now: int, interval: int) -> bool:
    """Whether `interval` has passed; also when the clock was set back."""
    return not 0 <= now - since < interval


def begun(now: int, interval: int) -> int:
    """When the first `interval` shall have begun, so that it is over soon: somebody may look whether it works."""
    return now - max(0, interval - _FIRST)


class PeerFeed:
    """One task for all records."""

    def __init__(self, recorders: Sequence[Recorder], bus: EventBus, clock: Clock) -> None:
        self._recorders, self._clock = tuple(recorders), clock
        self._queue: deque[Swept | DownloadersChanged] = deque()
        self._wake = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._complaints: dict[Recorder, str] = {}
        bus.subscribe(Swept, self._take)
        bus.subscribe(DownloadersChanged, self._take)
        bus.subscribe(SettingsChanged, lambda _: self._wake.set())

    async def run(self) -> None:
        """Keep records until cancelled."""
        while True:
            self._wake.clear()
            await self.attend()
            try:
                async with asyncio.timeout(_ATTEND_EVERY):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def attend(self) -> None:
        """Let everybody follow the settings and do what is due, then pass on what came.

        Whoever is cancelled here leaves it to go on, and `close` waits for it: a write whose end nobody learned of
        would be counted twice.
        """
        loop = asyncio.get_running_loop()
        self._work = loop.create_task(self._attend(), name="pass on to records")
        await asyncio.shield(self._work)

    async def close(self) -> None:
        """Write what is left, after the last sweep; never raises."""
        if self._work is not None:
            await asyncio.wait([self._work])
        await self._pass_on()
        for recorder in self._recorders:
            try:
                await recorder.flush()
            except StorageError as error:
                self._complain(recorder, say(error.text))

    async def _attend(self) -> None:
        for recorder in self._recorders:
            try:
                await recorder.attend(self._clock())
            except StorageError as error:
                self._complain(recorder, say(error.text))
            else:
                self._complaints.pop(recorder, None)
        await self._pass_on()

    def _take(self, event: Swept | DownloadersChanged) -> None:
        if isinstance(event, Swept) or event.gone:
            self._queue.append(event)
            self._wake.set()

    async def _pass_on(self) -> None:
        slices = Slices()
        while self._queue:
            event = self._queue.popleft()
            active = [recorder for recorder in self._recorders if recorder.on]
            if isinstance(event, Swept):
                await _tell(event, active, slices)
                continue
            for recorder in active:
                for downloader in event.gone:
                    for key in recorder.live(downloader):
                        if slices.due():
                            await slices.rest()
                        recorder.lost(key)

    def _complain(self, recorder: Recorder, words: str) -> None:
        if self._complaints.get(recorder) != words:  # a full disk stays full for long
            self._complaints[recorder] = words
            log.warning("%s cannot write: %s", type(recorder).__name__, words)


async def _tell(event: Swept, recorders: Collection[Recorder], slices: Slices) -> None:
    at = event.snapshot.at
    for key in event.gone:
        if slices.due():
            await slices.rest()
        for recorder in recorders:
            recorder.lost(key)
    for recorder in recorders:
        recorder.swept(event.downloader, at)
    for judged in event.changed.values():
        if slices.due():
            await slices.rest()
        for recorder in recorders:
            recorder.saw(at, judged)
