"""Calls of Transmission's RPC: in its older dialect, which every version speaks."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final, TypeVar

import msgspec

from app.adapters.downloaders.exchange import Answer, exchange_with
from app.adapters.downloaders.reading import bad_status, decode, shown
from app.adapters.downloaders.transmission.wire import Envelope, Nothing
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

SESSION_ID: Final = "X-Transmission-Session-Id"
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_CONFLICT: Final = 409
_MISDIRECTED: Final = 421
_WEB: Final = "/transmission/web"
_USUAL: Final = "/transmission/rpc"


class CallRefused(ProtocolMismatch):
    """It understood the call and could not do it; `reason` is what it said."""

    def __init__(self, method: str, reason: str) -> None:
        self.reason = shown(reason)
        super().__init__(Text("transmission-refused", {"call": method, "reason": self.reason}))


class Rpc:
    """One server; raises only DownloaderError, AccessDenied without asking again after a refusal."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self._settings = settings
        self.exchange = exchange_with(_at_its_root(settings), settings.rpc_url)
        self.doubtful = False
        """Whether it may have been restarted since somebody looked: it did not answer, or knows us no more."""
        self._session_id = ""
        self._refusal: Text | None = None

    def forget_refusal(self) -> None:
        """Allow one more try."""
        self._refusal = None

    async def call(self, method: str, kind: type[T], **arguments: object) -> T:
        """One call with its arguments (`_` for `-` in their names); returns those of the answer."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        body = msgspec.json.encode({"method": method, "arguments": named})
        envelope = await decode((await self._post(body)).body, Envelope)
        if envelope.result is None:
            raise ProtocolMismatch(Text("answer-not-transmission"))
        if envelope.result != "success":
            raise CallRefused(method, envelope.result)
        return await decode(bytes(envelope.arguments), kind)

    async def order(self, method: str, **arguments: object) -> None:
        """A call of which only success matters."""
        await self.call(method, Nothing, **arguments)

    async def _post(self, body: bytes) -> Answer:
        if self._refusal is not None:
            raise AccessDenied(self._refusal)
        answer = await self._send(body)
        if answer.status == _CONFLICT:
            # It changes hourly, too, but each restart makes a new one.
            self.doubtful = self.doubtful or bool(self._session_id)
            self._session_id = answer.headers.get(SESSION_ID, "")
            answer = await self._send(body)
        if not answer.succeeded:
            raise self._failure(answer)
        return answer

    async def _send(self, body: bytes) -> Answer:
        headers = {}
        if self._session_id:
            headers[SESSION_ID] = self._session_id
        if self._settings.username:
            # At once: 3.00 counts each request without it, and after a hundred in a row lets nobody in.
            login = f"{self._settings.username}:{self._settings.password.reveal()}"
            headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
        try:
            return await self.exchange.send("POST", "", json=body, headers=headers)
        except Unreachable:
            self.doubtful = True
            raise
        except NeedsAction as error:
            # Whatever it does not know it redirects to its web page, and to enter that would not help.
            if str(error.text.params.get("address", "")).rstrip("/").endswith(_WEB):
                raise NeedsAction(Text("transmission-elsewhere", {"path": _USUAL})) from None
            raise

    def _failure(self, answer: Answer) -> DownloaderError:
        match answer.status:
            case status if status == _UNAUTHORIZED:
                key = "downloader-denied" if self._settings.username else "downloader-login-missing"
                # Asked for a session again it raises at once, and looks anew when it is let in.
                self._refusal, self.doubtful = Text(key), True
                return AccessDenied(self._refusal)
            case status if status == _FORBIDDEN:
                if "unsuccessful" in answer.text.lower():
                    return NeedsAction(Text("transmission-locked-out"))
                return NeedsAction(Text("transmission-not-let-in"))
            case status if status == _MISDIRECTED:
                return NeedsAction(Text("transmission-host-refused"))
            case status if status == _CONFLICT:
                return ProtocolMismatch(Text("answer-not-transmission"))
        return bad_status(answer, self._settings.rpc_url)


def _at_its_root(settings: DownloaderSettings) -> DownloaderSettings:
    """The same, also for who entered the address of its web page or of the RPC itself."""
    endpoint = settings.endpoint
    for path in (_WEB, settings.rpc_url):
        endpoint = endpoint.removesuffix(path)
    return replace(settings, endpoint=endpoint)
