"""A session with the plugin in BiglyBT or Vuze: greets it once, notices restarts, never insists after a refusal."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import Final

import msgspec

from app.adapters.downloaders.biglybt.wire import Metadata, Problem, Statistics
from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.exchange import Answer, exchange_with, fits_header
from app.adapters.downloaders.reading import bad_status, decode_now, expect, shown
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    TooLate,
    Unreachable,
)
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.version import __version__

log = logging.getLogger(__name__)

CAPABILITIES: Final = Capabilities(
    # Java reads a mapped address as the IPv4 one inside, so that such an entry would never match.
    mapped=False,
    # In the plugin's memory only.
    lasting=False,
)
_OLDEST: Final = (1, 3, 0)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_SERVER_ERROR: Final = 500
_NUMBERS: Final = re.compile(r"\s*v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?")
_LONGEST: Final = 200
"""Letters of a name that we show."""
_SLACK: Final = 5.0
"""Seconds by which two clocks may seem to differ."""


class Session:
    """Requests with our token; raises only DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self._settings = settings
        self.exchange = exchange_with(settings)
        self._number = 0
        self._open: Connection | None = None
        self._refusal: Text | None = None
        self._started: float | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while one lives."""
        if self._open is not None:
            return self._open
        async with self._turn:
            if self._open is None:
                self._open = await self._greet()
            return self._open

    def lost(self) -> None:
        """What it held may be gone. The next `open` looks at it anew."""
        self._open = None

    def forget_refusal(self) -> None:
        """Allow the token to be tried once more."""
        self._refusal = None

    async def statistics(self) -> Statistics:
        """Its counters, which also tell whether it has restarted: then a new session begins."""
        answer = await self.send("GET", "statistics")
        if answer.status == _NOT_FOUND:  # something else answers there now, or nothing does
            self.lost()
            await self.open()
        found = decode_now(expect(answer, "statistics").body, Statistics)
        if self._has_restarted(found.session_uptime_seconds):
            self.lost()
            await self.open()
        return found

    async def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        text: str | None = None,
    ) -> Answer:
        """One request; a 403 is raised, any other status below 500 is the caller's to judge."""
        await self.open()
        return await self._send(method, path, json, text)

    async def close(self) -> None:
        """Give the connections back."""
        self._open = None
        await self.exchange.close()

    async def _greet(self) -> Connection:
        if self._refusal is not None:
            raise AccessDenied(self._refusal)
        if not fits_header(self._settings.token.reveal()):
            raise self._refuse()
        metadata = await self._metadata()
        await self._introduce()
        self._number += 1
        return Connection(
            product=product_of(metadata),
            version=(metadata.application_version or "")[:_LONGEST],
            capabilities=CAPABILITIES,
            session=self._number,
        )

    async def _metadata(self) -> Metadata:
        answer = await self._send("GET", "metadata", None, None)
        if answer.status in (_UNAUTHORIZED, _NOT_FOUND):
            raise NeedsAction(Text("biglybt-no-plugin"))
        expect(answer, "metadata")
        try:
            metadata = decode_now(answer.body, Metadata)
        except ProtocolMismatch as error:
            raise NeedsAction(Text("biglybt-no-plugin")) from error
        found = _NUMBERS.match(metadata.plugin_version)
        if found is None:
            raise NeedsAction(Text("biglybt-no-plugin"))
        if tuple(int(number or 0) for number in found.groups()) < _OLDEST:
            oldest = ".".join(map(str, _OLDEST))
            version = metadata.plugin_version[:_LONGEST]
            raise NeedsAction(
                Text("biglybt-plugin-too-old", {"version": version, "minimum": oldest})
            )
        return metadata

    async def _introduce(self) -> None:
        """Say who we are; it shows that to trackers and peers if its user wants so, and nothing depends on it."""
        us = {"software": "PeerWarden", "version": __version__, "abbrev": "PW"}
        try:
            expect(await self._send("POST", "setconnector", us, None), "setconnector")
        except AccessDenied:
            raise
        except DownloaderError as error:
            log.debug("%s: not introduced: %s", self._settings.name, type(error).__name__)

    async def _send(self, method: str, path: str, json: object, text: str | None) -> Answer:
        headers = {
            "Authorization": f"Bearer {self._settings.token.reveal()}",
            "Content-Type": "application/json" if text is None else "text/plain; charset=utf-8",
        }
        body = None if text is None else text.encode()
        if json is not None:
            body = await computed(_size_of(json), msgspec.json.encode, json)
        try:
            answer = await self.exchange.send(method, path, json=body, headers=headers)
        except TooLate:
            raise
        except Unreachable:
            self.lost()
            raise
        if answer.status == _FORBIDDEN:
            raise self._refuse()
        if answer.status >= _SERVER_ERROR:
            raise _failure(answer, path)
        return answer

    def _refuse(self) -> AccessDenied:
        """The error of a refusal, which is remembered."""
        self._refusal, self._open = Text("biglybt-token-denied"), None
        return AccessDenied(self._refusal)

    def _has_restarted(self, uptime: int | None) -> bool:
        """Whether it is younger than it was: its counter fell, or did not grow with the time that has passed."""
        if uptime is None:
            return False
        started, before = time.monotonic() - uptime, self._started
        if before is None or started < before or started > before + _SLACK:
            self._started = started
        return before is not None and started > before + _SLACK


def product_of(metadata: Metadata) -> str:
    """As its users call it: the plugin has a sister for Vuze, which was Azureus once and says so here and there."""
    name = (metadata.application_name or metadata.azureus_name or "").strip()
    match name.casefold():
        case "" | "biglybt":
            return "BiglyBT"
        case "vuze" | "azureus":
            return "Vuze"
    return name[:_LONGEST]


def _size_of(json: object) -> int:
    """Entries of the longest list in it."""
    lists = json.values() if isinstance(json, dict) else ()
    return max((len(each) for each in lists if isinstance(each, (list, tuple))), default=0)


def _failure(answer: Answer, path: str) -> ProtocolMismatch:
    try:
        message = decode_now(answer.body, Problem).msg
    except ProtocolMismatch:
        message = None
    if not message:
        return bad_status(answer, path)
    return ProtocolMismatch(
        Text(
            "answer-problem",
            {"status": answer.status, "path": path, "message": shown(message)},
        )
    )
