"""Calls to deluge-web, and through it to its daemon; what fails is told by class."""

from __future__ import annotations

import asyncio
import itertools
from typing import Final, TypeVar

import msgspec

from app.adapters.downloaders.deluge.wire import Reply
from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.exchange import Answer, exchange_with
from app.adapters.downloaders.reading import decode, expect, shown
from app.services.errors import DownloaderError
from app.settings.downloader import DownloaderSettings

T = TypeVar("T")

NO_SESSION: Final = 1
OF_DAEMON: Final = 4
"""The daemon did not do it."""
_OF_WEB: Final = ("auth.", "system.", "web.")
_LOOK_AFTER: Final = 1.0
"""Seconds without an answer after which we look whether there is still a daemon to give it."""
_LONGEST_REASON: Final = 120


class RpcFailure(Exception):
    """A call was answered with an error; never leaves this package."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.reason = shown(message, _LONGEST_REASON)
        """What it said."""


class DaemonLost(Exception):
    """deluge-web is no longer connected to its daemon: calls that it passed on are never answered (seen with 2.0.3)."""


class Rpc:
    """Raises RpcFailure and DaemonLost beside DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self.exchange = exchange_with(settings, settings.rpc_url)
        self._numbers = itertools.count(1)
        self._path = settings.rpc_url

    async def call(self, method: str, *params: object, kind: type[T]) -> T:
        """The result of one call, read as `kind`."""
        message = {"id": next(self._numbers), "method": method, "params": params}
        size = max((len(each) for each in params if isinstance(each, list)), default=0)
        body = await computed(size, msgspec.json.encode, message)
        if method.startswith(_OF_WEB):
            answer = await self.exchange.send("POST", "", json=body)
        else:
            answer = await self._send_on(body)
        reply = await decode(expect(answer, self._path).body, Reply)
        if reply.error is not None:
            raise RpcFailure(method, reply.error.code, reply.error.message or "")
        return await decode(bytes(reply.result), kind)

    async def _send_on(self, body: bytes) -> Answer:
        """To the daemon, for as long as there is one."""
        lost = False
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._outcome(body), name="deluge-call")
            while not (await asyncio.wait((sending,), timeout=_LOOK_AFTER))[0]:
                if not await self._is_joined():
                    lost = True
                    sending.cancel()
                    break
        if lost:
            raise DaemonLost
        outcome = sending.result()
        if isinstance(outcome, DownloaderError):
            raise outcome
        return outcome

    async def _outcome(self, body: bytes) -> Answer | DownloaderError:
        try:
            return await self.exchange.send("POST", "", json=body)
        except DownloaderError as error:  # a TaskGroup would wrap it
            return error

    async def _is_joined(self) -> bool:
        try:
            return await self.call("web.connected", kind=bool)
        except (RpcFailure, DownloaderError):
            return False
