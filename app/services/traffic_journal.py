"""Keeps what each downloader sent and received in each local hour (reference/rules.md 6.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from app.services.local_time import day_start, hour_start

HOUR: Final = 3_600_000


class Totals(Struct, frozen=True, gc=False):
    """What a downloader counts over its whole life; bytes."""

    uploaded: int
    downloaded: int


class TrafficHour(Struct, frozen=True, kw_only=True, gc=False):
    """One downloader in one local hour."""

    at: int
    """Epoch milliseconds of its start."""
    downloader: str
    start: Totals
    """What it counted at the end of the hour before; less where it began to count anew in between."""
    end: Totals

    @property
    def uploaded(self) -> int:
        """Bytes of this hour, never below 0 (D-31); `downloaded` likewise."""
        return max(0, self.end.uploaded - self.start.uploaded)

    @property
    def downloaded(self) -> int:
        return max(0, self.end.downloaded - self.start.downloaded)


class TrafficDay(Struct, frozen=True, kw_only=True, gc=False):
    """All hours of one local day."""

    at: int
    """Epoch milliseconds of its start."""
    uploaded: int
    downloaded: int


class JournalStore(Protocol):
    """Where the hours are; raises only StorageError."""

    async def last_hours(self) -> Sequence[TrafficHour]:
        """The newest of each downloader."""

    async def write(self, hours: Sequence[TrafficHour]) -> None:
        """Store hours; others of the same start and downloader are replaced."""

    async def hours(self, *, since: int, until: int) -> Sequence[TrafficHour]:
        """Those that begin from `since` to `until` (epoch ms), oldest first."""

    async def forget(self, *, before: int) -> int:
        """Delete hours that began before `before` (epoch ms) in small batches; returns how many."""


class TrafficJournal:
    """Takes samples of totals and tells sums; raises StorageError."""

    def __init__(self, store: JournalStore) -> None:
        self._store = store
        self._hours: dict[str, TrafficHour] | None = None
        self._anew: set[str] = set()

    def begin_anew(self, downloader: str) -> None:
        """Its next total has nothing to do with the last one: another daemon answers under this id."""
        self._anew.add(downloader)

    async def sample(self, at: int, totals: Mapping[str, Totals]) -> None:
        """Note totals by downloader at `at` (epoch ms); writes only what changed."""
        if self._hours is None:
            self._hours = {hour.downloader: hour for hour in await self._store.last_hours()}
        news = {}
        for downloader, now in totals.items():
            old = self._hours.get(downloader)
            # A daemon that just started may not have read its own figures yet.
            if old is not None and now == Totals(0, 0) and old.end != now:
                continue
            if downloader in self._anew and old is not None:
                old = _rebased(old, now)
            hour = await self._hour(hour_start(at), downloader, old, now)
            if hour != self._hours.get(downloader):
                news[downloader] = hour
        if news:
            await self._store.write(list(news.values()))
            self._hours.update(news)
        self._anew -= totals.keys()

    async def uploaded(self, *, since: int, until: int) -> dict[str, int]:
        """Bytes by downloader in the hours that begin from `since` to `until` (epoch ms)."""
        sums: defaultdict[str, int] = defaultdict(int)
        for hour in await self._store.hours(since=since, until=until):
            sums[hour.downloader] += hour.uploaded
        return dict(sums)

    async def days(
        self, *, since: int, until: int, downloader: str | None = None
    ) -> list[TrafficDay]:
        """Sums by local day, of one downloader or all, for the hours from `since` to `until`; oldest first."""
        days: dict[int, TrafficDay] = {}
        for hour in await self._store.hours(since=since, until=until):
            if downloader in (None, hour.downloader):
                at = day_start(hour.at)
                day = days.get(at) or TrafficDay(at=at, uploaded=0, downloaded=0)
                days[at] = replace(
                    day,
                    uploaded=day.uploaded + hour.uploaded,
                    downloaded=day.downloaded + hour.downloaded,
                )
        return list(days.values())

    async def forget(self, *, before: int) -> int:
        """Delete hours that began before `before` (epoch ms); returns how many."""
        return await self._store.forget(before=before)

    async def _hour(
        self, at: int, downloader: str, old: TrafficHour | None, now: Totals
    ) -> TrafficHour:
        if old is None:
            return TrafficHour(at=at, downloader=downloader, start=now, end=now)
        # Part of an hour back is a change of the time zone: hours overlap, and traffic belongs to one of them.
        if old.at - HOUR < at <= old.at:
            return _advanced(old, now)
        if old.at < at <= old.at + HOUR:
            # Carried over, so that what was sent between two samples is not lost (D-31).
            return _advanced(replace(old, at=at, start=old.end), now)
        if at < old.at:  # the clock was set back: go on where that hour ended
            for known in await self._store.hours(since=at, until=at):
                if known.downloader == downloader:
                    return _advanced(_rebased(known, old.end), now)
        return TrafficHour(at=at, downloader=downloader, start=now, end=now)


def _advanced(hour: TrafficHour, now: Totals) -> TrafficHour:
    """`hour` up to `now`; a counter that fell began anew, and what it had counted is kept."""
    before = Totals(min(hour.end.uploaded, now.uploaded), min(hour.end.downloaded, now.downloaded))
    return replace(_rebased(hour, before), end=now)


def _rebased(hour: TrafficHour, end: Totals) -> TrafficHour:
    """The same traffic, ending at other figures."""
    start = Totals(
        end.uploaded - hour.end.uploaded + hour.start.uploaded,
        end.downloaded - hour.end.downloaded + hour.start.downloaded,
    )
    return replace(hour, start=start, end=end)
