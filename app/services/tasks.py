"""Gives every task that a user's command starts an owner and a name, and tells when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from app.domain.errors import AppError
from app.locale.texts import say
from app.services.events import CommandFailed, EventBus

log = logging.getLogger(__name__)


class Tasks:
    """Runs commands in the background; the owner of all of them."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
        """Run `work`; should it fail, CommandFailed is published."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._watched(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # A task that is cancelled before its first step never awaits `work`.
        task.add_done_callback(lambda _task: work.close())
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _watched(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        try:
            await work
        except AppError as error:
            log.warning("%s failed: %s", name, say(error.text))
            self._bus.publish(CommandFailed(name, error))
        except Exception:  # a bug in one command must not close the program
            log.exception("%s crashed", name)
            self._bus.publish(CommandFailed(name, None))
