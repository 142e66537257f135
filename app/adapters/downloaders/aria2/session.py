"""A session with aria2 or Aria2Next: which of them it is, what it can do, and when it was restarted."""

from __future__ import annotations

import asyncio
from typing import Final

from app.adapters.downloaders.aria2.rpc import Rpc
from app.adapters.downloaders.aria2.wire import SessionInfo, Version
from app.domain.capabilities import Capabilities
from app.domain.reason import Text
from app.services.errors import NeedsAction, ProtocolMismatch
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import ARIA2_NEXT

BLOCK: Final = "aria2.setBtPeerBlocklist"
_NEXT: Final = "aria2-next"
_PLAIN: Final = Capabilities(
    bans=False,
    ipv4=False,
    ipv6=False,
    prefixes=False,
    mapped=False,
    unbans=False,
    lasting=False,
    client_names=False,
    counters=False,
    flags=False,
    privacy=False,
    totals=False,
    trackers=False,
    listen_port=False,  # it says OK and changes nothing (1.36)
    labels=False,
)
_ABLE: Final = Capabilities(
    mapped=False,  # it folds them, and then takes their blocks for nonsense and refuses the whole list
    lasting=False,
    privacy=False,
    totals=False,
    trackers=False,
    labels=False,
)


class Session:
    """Raises only DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self.rpc = Rpc(settings)
        self.wants_next = settings.type == ARIA2_NEXT
        self.number = 0
        """Grows with each restart noticed."""
        self._id = ""
        self._open: Connection | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while one lives."""
        if self.rpc.refused:
            self._open = None
        return self._open or await self._enter()

    def look(self, info: SessionInfo) -> None:
        """Compare with the session before: another one holds no bans."""
        if info.session_id != self._id:
            self._id = info.session_id
            self.number += 1
            self._open = None

    async def close(self) -> None:
        """Give the connections back; never raises."""
        self._open = None
        await self.rpc.close()

    async def _enter(self) -> Connection:
        async with self._turn:
            if self._open is not None:
                return self._open
            found = await self.rpc.call("aria2.getVersion", Version)
            if not found.version:
                raise ProtocolMismatch(Text("answer-not-aria2"))
            able, advice = await self._abilities(found)
            self.look(await self.rpc.call("aria2.getSessionInfo", SessionInfo))
            self._open = Connection(
                product="Aria2Next" if found.product == _NEXT else "aria2",
                version=found.version,
                capabilities=able,
                advice=Text(advice),
                session=self.number,
            )
            return self._open

    async def _abilities(self, found: Version) -> tuple[Capabilities, str]:
        """What it can do for us, and what the user should know."""
        is_next = found.product == _NEXT
        if not self.wants_next:
            return _PLAIN, "aria2-is-next" if is_next else "aria2-cannot-ban"
        if not is_next:
            raise NeedsAction(Text("aria2-is-plain", {"version": found.version}))
        if BLOCK not in await self.rpc.methods():
            words = {"version": found.version, "minimum": "2.5.5"}
            raise NeedsAction(Text("downloader-too-old", words))
        return _ABLE, "aria2-replaces-blocklist"
