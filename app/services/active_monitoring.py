"""Follows the traffic of all downloaders: keeps the journal, warns once a day, steers upload limits."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, Protocol

from app.domain.reason import Text
from app.locale.texts import say
from app.services.errors import DownloaderError, StorageError
from app.services.events import AlertRaised, DownloadersChanged, EventBus, SettingsChanged, Swept
from app.services.local_time import clock_time, day_of, day_start
from app.services.peer_feed import is_due
from app.services.ports import Clock, Facts, UploadLimits
from app.services.settings import SettingsBook
from app.services.sliding_cap import next_limit
from app.services.traffic_journal import Totals, TrafficJournal
from app.settings.modules import ActiveMonitoring as Area
from app.settings.modules import CapScope, SlidingCap

log = logging.getLogger(__name__)

EVERY: Final = 60.0
"""Seconds between two samples."""
_DAY: Final = 24 * 3_600_000
_KEPT: Final = 3 * 365 * _DAY
"""Milliseconds that the journal reaches back (D-32)."""
_STEP: Final = 1024
"""Bytes per second; a smaller change of a limit is none."""
_PATIENCE: Final = 20.0
"""Seconds for a downloader to read and set its limit."""
_WARNED: Final = "active-monitoring.warned"
_LIMITS: Final = "active-monitoring.limits"


class Limiter(Protocol):
    """A downloader whose upload can be limited; raises only DownloaderError."""

    async def upload_limits(self) -> UploadLimits: ...

    async def limit_upload(self, limits: UploadLimits) -> None: ...


class ActiveMonitoring:
    """Looks once a minute at what the sweeps found; asks no downloader for anything but its limit."""

    def __init__(
        self,
        *,
        settings: SettingsBook,
        journal: TrafficJournal,
        facts: Facts,
        limiters: Callable[[], Mapping[str, Limiter]],
        bus: EventBus,
        clock: Clock,
    ) -> None:
        """`limiters` are the downloaders that answer at present, by id."""
        self.journal = journal
        self._settings, self._facts, self._limiters = settings, facts, limiters
        self._bus, self._clock = bus, clock
        self._totals: dict[str, Totals] = {}
        self._endpoints = self._read_endpoints()
        self._before: dict[str, UploadLimits] | None = None
        self._warned: str | None = None
        self._tidied_at = 0
        self._wake = asyncio.Event()
        self._complaints: dict[str, str] = {}
        bus.subscribe(Swept, self._on_swept)
        bus.subscribe(DownloadersChanged, self._on_downloaders)
        bus.subscribe(SettingsChanged, lambda _: self._wake.set())

    async def run(self) -> None:
        """Look every minute, and when settings change, until cancelled."""
        while True:
            self._wake.clear()
            await self.look()
            try:
                async with asyncio.timeout(EVERY):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        """Note the last totals; limits stay as they are, so that a restart goes on from there. Never raises."""
        if self._settings.profile.active_monitoring.enabled:
            try:
                await self.journal.sample(self._clock(), self._totals)
            except StorageError as error:
                self._complain("", "the traffic journal", error)

    async def look(self) -> None:
        """Do once all that is due; never raises."""
        area = self._settings.profile.active_monitoring
        now = self._clock()
        try:
            if area.enabled:
                await self._note(now, area)
            if area.enabled and area.traffic_sliding_capping.enabled:
                await self._cap(now, area.traffic_sliding_capping)
            else:
                await self._release()
        except StorageError as error:
            self._complain("", "the traffic journal", error)
        else:
            self._complaints.pop("", None)

    async def _note(self, now: int, area: Area) -> None:
        await self.journal.sample(now, dict(self._totals))
        if area.traffic_monitoring.daily > 0:
            await self._warn(now, area.traffic_monitoring.daily)
        if is_due(self._tidied_at, now, _DAY):
            await self.journal.forget(before=now - _KEPT)
            self._tidied_at = now

    async def _warn(self, now: int, daily: int) -> None:
        today = day_of(now).isoformat()
        if self._warned is None:
            self._warned = await self._facts.recall(_WARNED) or ""
        if self._warned == today:
            return
        begin = day_start(now)
        total = sum((await self.journal.uploaded(since=begin, until=now)).values())
        if total < daily:
            return
        self._warned = today
        text = Text(
            "traffic-of-day",
            {"total_bytes": total, "limit_bytes": daily, "date": today, "time": clock_time(now)},
        )
        self._bus.publish(AlertRaised(kind=f"dataTrafficCapping-{begin // 1000}", text=text))
        await self._facts.remember(_WARNED, today)

    async def _cap(self, now: int, cap: SlidingCap) -> None:
        sums = await self.journal.uploaded(since=now - _DAY, until=now)
        before = await self._limits_before()
        found: dict[str, UploadLimits] = {}

        async def read(downloader: str, limiter: Limiter) -> None:
            found[downloader] = await limiter.upload_limits()

        async def step(downloader: str, limiter: Limiter) -> None:
            used = sum(sums.values()) if cap.scope is CapScope.TOTAL else sums.get(downloader, 0)
            wanted = next_limit(
                budget=cap.budget,
                low=cap.min_speed,
                high=cap.max_speed,
                used=used,
                current=found[downloader].rate,
            )
            if wanted is not None:
                await _move(limiter, found[downloader], wanted)

        able = {key: each for key, each in self._limiters().items() if key in self._totals}
        await self._each(able, read)
        # Remembered before anything is changed: a kill in between must not make our limit the user's.
        fresh = {key: limits for key, limits in found.items() if key not in before}
        if fresh:
            before.update(fresh)
            await self._remember(before)
        await self._each({key: able[key] for key in found}, step)

    async def _release(self) -> None:
        """Give every downloader the limits back that it had before."""
        before = await self._limits_before()
        if not before:
            return
        done = before.keys() - self._read_endpoints().keys()

        async def restore(downloader: str, limiter: Limiter) -> None:
            await limiter.limit_upload(before[downloader])
            done.add(downloader)

        limiters = self._limiters()
        await self._each({key: limiters[key] for key in before.keys() & limiters.keys()}, restore)
        if done:
            for key in done:
                del before[key]
            await self._remember(before)

    async def _each(
        self, limiters: Mapping[str, Limiter], work: Callable[[str, Limiter], Awaitable[None]]
    ) -> None:
        """Do `work` with all at once; the trouble of one is its own."""

        async def guarded(downloader: str, limiter: Limiter) -> None:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await work(downloader, limiter)
            except (DownloaderError, TimeoutError) as error:
                self._complain(downloader, f"the upload limit of {downloader}", error)
            else:
                self._complaints.pop(downloader, None)

        async with asyncio.TaskGroup() as group:
            for downloader, limiter in limiters.items():
                group.create_task(guarded(downloader, limiter), name=f"limit {downloader}")

    async def _limits_before(self) -> dict[str, UploadLimits]:
        if self._before is None:
            self._before = _read_limits(await self._facts.recall(_LIMITS))
        return self._before

    async def _remember(self, before: Mapping[str, UploadLimits]) -> None:
        plain = {key: [limits.rate, limits.alternative] for key, limits in before.items()}
        await self._facts.remember(_LIMITS, json.dumps(plain) if plain else None)

    def _on_swept(self, event: Swept) -> None:
        snapshot = event.snapshot
        if snapshot.all_time_uploaded is None or snapshot.all_time_downloaded is None:
            return
        if event.downloader not in self._totals:
            self._wake.set()
        totals = Totals(snapshot.all_time_uploaded, snapshot.all_time_downloaded)
        self._totals[event.downloader] = totals

    def _on_downloaders(self, event: DownloadersChanged) -> None:
        endpoints = self._read_endpoints()
        for downloader in event.gone:
            self._totals.pop(downloader, None)
            if endpoints.get(downloader) != self._endpoints.get(downloader):
                self.journal.begin_anew(downloader)
        self._endpoints = endpoints

    def _read_endpoints(self) -> dict[str, str]:
        return {each.id: each.endpoint for each in self._settings.config.downloaders}

    def _complain(self, key: str, what: str, error: Exception) -> None:
        words = (
            say(error.text) if isinstance(error, (DownloaderError, StorageError)) else "too slow"
        )
        if self._complaints.get(key) != words:
            self._complaints[key] = words
            log.warning("%s: %s", what, words)


async def _move(limiter: Limiter, limits: UploadLimits, rate: int) -> None:
    """Set both limits to `rate`, unless they are."""
    alternative = limits.alternative
    standing: Iterable[int] = (limits.rate, rate if alternative is None else alternative)
    if any(not each or abs(each - rate) >= _STEP for each in standing):
        wanted = UploadLimits(rate=rate, alternative=None if alternative is None else rate)
        await limiter.limit_upload(wanted)


def _read_limits(text: str | None) -> dict[str, UploadLimits]:
    try:
        return {
            key: UploadLimits(rate=int(rate), alternative=alternative)
            for key, (rate, alternative) in json.loads(text or "{}").items()
        }
    except (ValueError, TypeError, AttributeError):
        log.warning("the upload limits of before cannot be read; they stay as they are")
        return {}
