"""A session with deluge-web: logs in once, joins it with its daemon, finds the best way to ban there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from msgspec.structs import replace

from app.adapters.downloaders.deluge import adapter, own
from app.adapters.downloaders.deluge.adapter import AdapterWay
from app.adapters.downloaders.deluge.blocklist import NAME as BLOCKLIST
from app.adapters.downloaders.deluge.blocklist import BlocklistWay
from app.adapters.downloaders.deluge.core_peers import CorePeers
from app.adapters.downloaders.deluge.daemon import find_daemon, is_near, join_daemon
from app.adapters.downloaders.deluge.egg import NAME as OURS
from app.adapters.downloaders.deluge.handover import Handover
from app.adapters.downloaders.deluge.own import OwnWay
from app.adapters.downloaders.deluge.rpc import NO_SESSION, DaemonLost, Rpc, RpcFailure
from app.adapters.downloaders.deluge.way import Way
from app.adapters.downloaders.surroundings import Surroundings
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
)
from app.services.ports import Connection, Push
from app.settings.downloader import DownloaderSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

LABEL: Final = "Label"
_NO_METHOD: Final = 2
_SECONDS_TO_LEAVE: Final = 2.0


class Session:
    """Raises only DownloaderError and StorageError."""

    def __init__(self, settings: DownloaderSettings, around: Surroundings) -> None:
        self._settings, self._around = settings, around
        self.rpc = Rpc(settings)
        self.number = 0
        """Grows with every session opened."""
        self._core_peers = CorePeers(self.rpc, around.translation)
        self._handover = Handover(self.rpc, around.shelf, around.facts, settings.id)
        self._enabled: list[str] = []
        self._open: tuple[Connection, Way] | None = None
        self._refusal: Text | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> tuple[Connection, Way]:
        """Make sure of a session; asks nothing while one lives."""
        return self._open or await self._renew(self.number)

    def lost(self) -> None:
        """The daemon has forgotten what it was told. The next `open` looks at it anew."""
        self._open = None

    def forget_refusal(self) -> None:
        """Allow one more log-in."""
        self._refusal = None

    async def do(self, work: Callable[[Rpc, Way], Awaitable[T]], *, again: bool = True) -> T:
        """Do `work` in a session; once more in a new one if it turns out that this one is over, unless not `again`."""
        _, way = await self.open()
        number = self.number
        try:
            return await work(self.rpc, way)
        except (RpcFailure, DaemonLost) as failure:
            if not await self._is_over(failure, way):
                raise _told(failure) from failure
            if not again:
                self._end(number)
                raise _told(failure) from failure
        _, way = await self._renew(number)
        try:
            return await work(self.rpc, way)
        except (RpcFailure, DaemonLost) as failure:
            self._end(self.number)
            if isinstance(failure, RpcFailure) and failure.code == NO_SESSION:
                raise self._refuse("downloader-session-refused") from failure
            raise _told(failure) from failure

    async def apply(self, push: Push) -> None:
        """Bring the bans there in line with ours."""

        async def work(_: Rpc, way: Way) -> None:
            if push.everything:
                await self._handover.prepare(way, self._enabled, push.owned)
            await way.apply(push)
            if push.everything:
                await self._handover.done(way)

        # A change alone is not enough for a session that has just begun.
        await self.do(work, again=push.everything)

    async def close(self) -> None:
        """Log out of a session that we logged into, and give the connections back; never raises."""
        try:
            if self._open is not None:
                async with asyncio.timeout(_SECONDS_TO_LEAVE):
                    await self.rpc.call("auth.delete_session", kind=object)
        except (DownloaderError, RpcFailure, TimeoutError) as error:
            log.debug("no log-out from %s: %s", self._settings.name, type(error).__name__)
        finally:
            self._open = None
            await self.rpc.exchange.close()

    def _end(self, number: int) -> None:
        if self.number == number:
            self._open = None

    async def _is_over(self, failure: RpcFailure | DaemonLost, way: Way) -> bool:
        """Whether a new session could help: this one was forgotten, a plugin is gone, or the daemon is."""
        if isinstance(failure, DaemonLost) or failure.code in (NO_SESSION, _NO_METHOD):
            return True
        try:
            if not await self.rpc.call("web.connected", kind=bool):
                return True
            # A plugin that was disabled answers all the same, with a failure.
            return way.plugin not in await self._read_enabled()
        except (RpcFailure, DaemonLost):
            return True

    async def _renew(self, number: int) -> tuple[Connection, Way]:
        """Open a new session, unless that of `number` has been followed by one already."""
        async with self._turn:
            if self._open is not None and self.number != number:
                return self._open
            self._open = None
            if self._refusal is not None:
                raise AccessDenied(self._refusal)
            try:
                await self._log_in()
                methods = await join_daemon(self.rpc)
                version = await self._version(methods)
                self._enabled = await self._read_enabled()
                way = await self._way(methods, self._enabled)
            except (RpcFailure, DaemonLost) as failure:
                raise _told(failure) from failure
            self.number += 1
            able = replace(way.capabilities, labels=LABEL in self._enabled)
            connection = Connection(
                product="Deluge",
                version=version,
                capabilities=able,
                advice=way.advice,
                session=self.number,
            )
            self._open = connection, way
            return self._open

    async def _log_in(self) -> None:
        if await self.rpc.call("auth.check_session", kind=bool):
            return
        if not await self.rpc.call("auth.login", self._settings.password.reveal(), kind=object):
            raise self._refuse("deluge-password-wrong")
        if not await self.rpc.call("auth.check_session", kind=bool):
            raise self._refuse("downloader-session-refused")

    async def _version(self, methods: frozenset[str]) -> str:
        method = "daemon.get_version" if "daemon.get_version" in methods else "daemon.info"
        return await self.rpc.call(method, kind=str)

    async def _way(self, methods: frozenset[str], enabled: list[str]) -> Way:
        """Our plugin where the user allows it or it is there already, then PBH's, then the bundled one."""
        rpc, settings, translation = self.rpc, self._settings, self._around.translation
        ours = await own.is_ours(rpc, enabled)
        if settings.allow_plugin and not ours:
            await own.install(rpc, enabled)
            ours = True
        if ours:
            follows = await self._handover.follows(OURS)
            return OwnWay(rpc, translation, follows=follows)
        if adapter.NAME in enabled and methods >= adapter.METHODS:
            return AdapterWay(
                rpc,
                translation,
                self._core_peers,
                increment=settings.increment_ban,
                shares_filter=BLOCKLIST in enabled,
                follows=await self._handover.follows(adapter.NAME),
            )
        way = BlocklistWay(
            rpc,
            self._core_peers,
            settings,
            self._around.shelf,
            self._around.facts,
            near=is_near(settings.endpoint, await find_daemon(rpc)),
        )
        await way.prepare(enabled)
        return way

    async def _read_enabled(self) -> list[str]:
        return await self.rpc.call("core.get_enabled_plugins", kind=list[str])

    def _refuse(self, reason: str) -> AccessDenied:
        """The error of a refusal, which is remembered."""
        self._refusal, self._open = Text(reason), None
        return AccessDenied(self._refusal)


def _told(failure: RpcFailure | DaemonLost) -> DownloaderError:
    """What the user shall read of it."""
    if isinstance(failure, DaemonLost):
        return Unreachable(Text("deluge-daemon-lost"))
    if failure.code == _NO_METHOD:
        return NeedsAction(Text("deluge-method-missing", {"method": failure.method}))
    words = {"method": failure.method, "reason": failure.reason}
    return ProtocolMismatch(Text("deluge-call-failed", words))
