"""How a downloader is doing, as front ends show it, and what a sweep or a failure makes of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.ban import DownloaderRef
from app.domain.errors import AppError
from app.domain.reason import Text
from app.services.errors import AccessDenied, NeedsAction
from app.services.events import SweepFailed, Swept, Timings
from app.services.pace import is_open
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings


class Status(StrEnum):
    """A downloader's health, in PBH's words."""

    UNKNOWN = "UNKNOWN"
    """Not connected yet."""
    HEALTHY = "HEALTHY"
    ERROR = "ERROR"
    NEED_TAKE_ACTION = "NEED_TAKE_ACTION"
    """It waits for the user: refused log-in, too old, locked."""
    PAUSED = "PAUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloaderState:
    """All about one downloader that a front end shows in a row."""

    settings: DownloaderSettings
    status: Status
    since: int
    """When this status began, epoch ms."""
    problem: AppError | None = None
    retry_at: int | None = None
    """When it is asked again after a failure, epoch ms; None when it waits for the user."""
    connection: Connection | None = None
    """The last one; None before the first, and after its settings changed."""
    swept_at: int | None = None
    """End of the last good sweep, epoch ms."""
    timings: Timings | None = None
    torrents: int = 0
    peers: int = 0
    upload_rate: int = 0
    download_rate: int = 0
    requests: int = 0
    """HTTP requests of the last sweep."""
    failures: int = 0
    """In a row."""
    slow_period: float | None = None
    """Seconds from one sweep to the next while that is longer than the settings say; None otherwise."""
    bans_confirmed: int = 0
    bans_possible: int = 0
    """Bans that it can hold at all."""

    @property
    def version(self) -> str:
        """Of the downloader, as it says itself; empty while that is not known."""
        return "" if self.connection is None else self.connection.version

    @property
    def watch_only(self) -> bool:
        """Whether it is known that it cannot ban."""
        return self.connection is not None and not self.connection.capabilities.bans

    @property
    def advice(self) -> Text | None:
        """What works less well than it could, and what to do about it."""
        return None if self.connection is None else self.connection.advice

    @property
    def rhythm(self) -> Text | None:
        """One sentence: how often it is asked, where that is not as the settings say."""
        if self.retry_at is not None and is_open(self.failures):
            return Text("rhythm-open", {"count": self.failures})
        if self.slow_period is not None:
            return Text("rhythm-slowed", {"period_ms": round(self.slow_period * 1000)})
        return None

    @property
    def ref(self) -> DownloaderRef:
        """As records name it."""
        return ref_of(self.settings)


def after_sweep(
    old: DownloaderState, swept: Swept, now: int, connection: Connection | None
) -> DownloaderState:
    """It answered."""
    snapshot = swept.snapshot
    return DownloaderState(
        settings=old.settings,
        status=Status.HEALTHY,
        since=old.since if old.status is Status.HEALTHY else now,
        connection=connection,
        swept_at=now,
        timings=swept.timings,
        torrents=len(snapshot.torrents),
        peers=swept.peers,
        upload_rate=snapshot.upload_rate,
        download_rate=snapshot.download_rate,
        requests=snapshot.requests,
        slow_period=swept.timings.total + swept.rest if swept.slowed else None,
    )


def after_failure(old: DownloaderState, failed: SweepFailed, now: int) -> DownloaderState:
    """It did not answer as it should."""
    waits = isinstance(failed.error, (AccessDenied, NeedsAction))
    status = Status.NEED_TAKE_ACTION if waits else Status.ERROR
    return replace(
        old,
        status=status,
        since=old.since if old.status is status else now,
        problem=failed.error,
        retry_at=None if failed.retry_in is None else now + int(failed.retry_in * 1000),
        failures=failed.failures,
        slow_period=None,
        upload_rate=0,
        download_rate=0,
    )


def resting(state: DownloaderState, since: int) -> DownloaderState:
    """The user wants it left alone for a while."""
    return replace(
        state,
        status=Status.PAUSED,
        since=since,
        problem=None,
        retry_at=None,
        failures=0,
        slow_period=None,
        upload_rate=0,
        download_rate=0,
    )


def ref_of(settings: DownloaderSettings) -> DownloaderRef:
    """A downloader as records name it."""
    return DownloaderRef(id=settings.id, name=settings.name, kind=settings.kind.name)
