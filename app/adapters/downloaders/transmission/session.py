"""A session with one Transmission: which version it is, and whether it is still the same run of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from app.adapters.downloaders.transmission.rpc import Rpc
from app.adapters.downloaders.transmission.version import LEAST, Version, parse_version
from app.adapters.downloaders.transmission.wire import SessionWire, Stats
from app.domain.reason import Text
from app.services.errors import NeedsAction, ProtocolMismatch
from app.services.ports import Connection

_FIELDS: Final = ("version", "blocklist-url", "blocklist-enabled")
_STATS_EVERY: Final = 10.0
"""Seconds: the totals hardly matter by the second, and each request costs the daemon a millisecond."""
_JITTER: Final = 2.0
"""Seconds by which the begin of one and the same run may seem to move: ages are told in whole ones."""


class Session:
    """Looks at the daemon anew whenever it may have been restarted; raises only DownloaderError and StorageError."""

    def __init__(self, rpc: Rpc, prepare: Callable[[SessionWire], Awaitable[None]]) -> None:
        """`prepare` is called for each new look, before anybody works with it; what it raises goes on."""
        self._rpc, self._prepare = rpc, prepare
        self.number = 0
        """Grows with every run of the daemon."""
        self.version = Version("", (0, 0, 0, 0))
        self.stats = Stats()
        self._open: Connection | None = None
        self._runs = 0
        self._began = 0.0
        self._counted = 0.0
        self._turn = asyncio.Lock()

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while there is no doubt."""
        if self._open is not None and not self._rpc.doubtful:
            return self._open
        async with self._turn:
            if self._open is None or self._rpc.doubtful:
                # Stays so when the look fails, and then the next call looks again.
                self._open = None
                self._rpc.doubtful = False
                self._open = await self._look()
            return self._open

    def close(self) -> None:
        """Look anew the next time."""
        self._open = None

    async def count(self) -> None:
        """Bring the totals up to date, unless they are."""
        if time.monotonic() - self._counted >= _STATS_EVERY:
            await self._count()

    async def _look(self) -> Connection:
        found = await self._rpc.call("session-get", SessionWire, fields=_FIELDS)
        version = parse_version(found.version or "")
        if version is None:
            raise ProtocolMismatch(Text("answer-no-version"))
        if not version.is_supported:
            text = Text("downloader-too-old", {"version": version.text, "minimum": LEAST})
            raise NeedsAction(text)
        await self._prepare(found)
        self.version = version
        await self._count()
        return Connection(
            product="Transmission",
            version=version.text,
            capabilities=version.capabilities,
            advice=version.advice,
            session=self.number,
        )

    async def _count(self) -> None:
        self.stats = await self._rpc.call("session-stats", Stats)
        now = time.monotonic()
        began = now - self.stats.current_stats.seconds_active
        runs = self.stats.cumulative_stats.session_count
        # A run that was killed is not counted, one that begins within two seconds is.
        if not self.number or runs != self._runs or began > self._began + _JITTER:
            self.number += 1
            if self._open is not None:
                self._rpc.doubtful = True
        self._runs, self._began, self._counted = runs, began, now
