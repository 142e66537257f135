"""One downloader of config.yml: its state as front ends show it and, unless it is paused, the task that watches it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Final

from app.services.downloader_state import DownloaderState, after_failure, after_sweep
from app.services.events import SweepFailed, Swept
from app.services.sweep import Watcher
from app.settings.downloader import DownloaderSettings

log = logging.getLogger(__name__)

_END_SECONDS: Final = 5
"""The end of the program waits no longer for all downloaders together."""


@dataclass(slots=True)
class WatchedDownloader:
    """Owns its task."""

    told: DownloaderState
    """After the last sweep or failure."""
    watcher: Watcher | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def settings(self) -> DownloaderSettings:
        """As config.yml has them."""
        return self.told.settings

    @property
    def state(self) -> DownloaderState:
        """As of now."""
        if self.watcher is None:
            return self.told
        confirmed, possible = self.watcher.reconciler.counts()
        return replace(self.told, bans_confirmed=confirmed, bans_possible=possible)

    def watch(self, watcher: Watcher) -> None:
        """Let `watcher` sweep it until `end`."""
        self.watcher = watcher
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(watcher.watch(), name=f"watch {self.settings.name}")
        self._task.add_done_callback(_report_crash)

    async def end(self) -> None:
        """Watch it no more; may be repeated."""
        task, watcher = self._task, self.watcher
        self._task = self.watcher = None
        if task is None or watcher is None:
            return
        task.cancel()
        _, hanging = await asyncio.wait({task}, timeout=_END_SECONDS)
        # Also for one that hangs, or that was cancelled before its first step.
        watcher.let_go()
        if hanging:
            log.warning("%s does not end; it is left alone", task.get_name())

    def swept(self, event: Swept, now: int) -> None:
        """It answered."""
        if self.watcher is not None:
            connection = self.watcher.connection or self.told.connection
            self.told = after_sweep(self.told, event, now, connection)

    def failed(self, event: SweepFailed, now: int) -> None:
        """It did not answer as it should."""
        self.told = after_failure(self.told, event, now)


def _report_crash(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("%s crashed", task.get_name(), exc_info=task.exception())
