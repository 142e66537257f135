"""Calls of aria2's JSON-RPC, alone or many in one request, each with the secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.exchange import Answer, exchange_with
from app.adapters.downloaders.reading import bad_status, decode, shown
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    DownloaderError,
    NeedsAction,
    ProtocolMismatch,
    Unreachable,
)
from app.settings.downloader import DownloaderSettings

T = TypeVar("T")

_BAD_REQUEST: Final = 400
"""With this it answers every call that fails, also one with a wrong secret."""
_DENIED: Final = (401, 403)
_NOT_FOUND: Final = (404, 405)
_SERVER_TROUBLE: Final = 500
_UNAUTHORIZED: Final = "unauthorized"
"""What it says, in some case, of a wrong secret."""


class CallRefused(ProtocolMismatch):
    """It understood and will not: each of its errors has the code 1, so only `reason` tells."""

    def __init__(self, reason: str) -> None:
        super().__init__(Text("call-refused", {"reason": shown(reason)}))


@dataclass(frozen=True, slots=True)
class Call:
    """One method with its arguments, without the secret."""

    method: str
    arguments: tuple[object, ...] = ()


class Refusal(Struct, frozen=True):
    """Why a call failed."""

    message: str = ""


class _Reply(Struct):
    result: Raw = Raw(b"null")
    error: Refusal | None = None


class Rpc:
    """One server; raises only DownloaderError, AccessDenied without asking again after a refusal."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self.exchange = exchange_with(settings)
        self._secret = settings.token.reveal()
        self._refusal: Text | None = None

    @property
    def refused(self) -> bool:
        """Whether its secret was refused since somebody asked for another try."""
        return self._refusal is not None

    def forget_refusal(self) -> None:
        """Allow one more try."""
        self._refusal = None

    async def call(self, method: str, kind: type[T], *arguments: object) -> T:
        """One call; raises CallRefused."""
        return await decode(bytes(await self._ask(method, self._signed(arguments))), kind)

    async def batch(self, calls: Sequence[Call]) -> list[Raw | Refusal]:
        """Many calls in one request."""
        each = [
            {"methodName": call.method, "params": self._signed(call.arguments)} for call in calls
        ]
        results = await decode(bytes(await self._ask("system.multicall", [each])), list[Raw])
        if len(results) != len(calls):
            raise ProtocolMismatch(Text("answer-not-aria2"))
        return [await self._result(result) for result in results]

    async def methods(self) -> frozenset[str]:
        """All that it can do; it tells without the secret."""
        return await decode(bytes(await self._ask("system.listMethods", [])), frozenset[str])

    async def close(self) -> None:
        """Give the connections back; never raises."""
        await self.exchange.close()

    def _signed(self, arguments: Sequence[object]) -> list[object]:
        return [f"token:{self._secret}", *arguments] if self._secret else list(arguments)

    async def _result(self, result: Raw) -> Raw | Refusal:
        if bytes(result).lstrip().startswith(b"["):
            (value,) = await decode(bytes(result), tuple[Raw])
            return value
        refusal = await decode(bytes(result), Refusal)
        if refusal.message.casefold() == _UNAUTHORIZED:
            raise self._denied()
        return refusal

    async def _ask(self, method: str, params: list[object]) -> Raw:
        if self._refusal is not None:
            raise AccessDenied(self._refusal)
        request = {"jsonrpc": "2.0", "id": "1", "method": method, "params": params}
        size = max((len(each) for each in params if isinstance(each, list)), default=0)
        body = await computed(size, msgspec.json.encode, request)
        answer = await self.exchange.send("POST", "", json=body)
        if not answer.succeeded and answer.status != _BAD_REQUEST:
            raise self._bad_status(answer)
        reply = await decode(answer.body, _Reply)
        if reply.error is None:
            return reply.result
        if reply.error.message.casefold() == _UNAUTHORIZED:
            raise self._denied()
        raise CallRefused(reply.error.message)

    def _denied(self) -> AccessDenied:
        """The error of a wrong secret, which is remembered."""
        self._refusal = Text("aria2-denied" if self._secret else "aria2-secret-missing")
        return AccessDenied(self._refusal)

    def _bad_status(self, answer: Answer) -> DownloaderError:
        status = answer.status
        if status in _DENIED:
            return self._denied()
        if status in _NOT_FOUND:
            return NeedsAction(Text("aria2-not-at", {"status": status}))
        if status > _SERVER_TROUBLE:
            return Unreachable(Text("aria2-behind", {"status": status}))
        return bad_status(answer, "/")
