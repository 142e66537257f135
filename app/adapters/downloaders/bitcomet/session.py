"""A session with BitComet's remote access: logs in by a sealed credential, and never insists after a refusal."""

from __future__ import annotations

import asyncio
import base64
from typing import Final, TypeVar

import msgspec

from app.adapters.downloaders.bitcomet.credential import CLIENT_ID, credential
from app.adapters.downloaders.bitcomet.version import Version, parse_version
from app.adapters.downloaders.bitcomet.wire import (
    DeviceToken,
    FilterAnswer,
    FilterContent,
    LogIn,
    Outcome,
)
from app.adapters.downloaders.exchange import Answer, exchange_with, fits_header
from app.adapters.downloaders.reading import decode, decode_now, expect, shown
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    NeedsAction,
    ProtocolMismatch,
    TooLate,
    Unreachable,
)
from app.services.ports import Connection
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret

O = TypeVar("O", bound=Outcome)  # noqa: E741 - an outcome

AT_A_TIME: Final = 4
"""Requests; more, and it does not answer in time any more."""
_DOWNLOAD: Final = "api/config/ipfilter/download"
_FILTER: Final = "api/config/ipfilter/get"
_SET_FILTER: Final = "api/config/ipfilter/set"
_HEADERS: Final = {
    # As its authors know programs like ours; nobody knows whether it answers to other names.
    "Client-Type": "BitComet WebUI",
    "User-Agent": "PeerBanHelper BitComet Adapter",
}
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _SERVER_ERROR = 400, 401, 403, 500


class Session:
    """Requests that find themselves logged in; raises only DownloaderError."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self._settings = settings
        self.exchange = exchange_with(settings, at_a_time=AT_A_TIME)
        self.number = 0
        """Grows with every session opened."""
        self.tells_filter = False
        """Whether it tells what stands in its IP filter."""
        self._open: Connection | None = None
        self._version: Version | None = None
        self._token: Secret | None = None
        self._refusal: Text | None = None
        self._turn = asyncio.Lock()

    @property
    def version(self) -> Version | None:
        """Known once a session was opened."""
        return self._version

    async def open(self) -> Connection:
        """Make sure of a session; asks nothing while one lives."""
        if self._open is not None:
            return self._open
        async with self._turn:
            if self._open is None:
                self._open = await self._begin()
            return self._open

    def lost(self) -> None:
        """It may have restarted. The next `open` looks at it anew."""
        self._open = None

    def forget_refusal(self) -> None:
        """Allow one more log-in."""
        self._refusal = None

    async def ask(self, path: str, body: object, kind: type[O]) -> O:
        """One request that must go well; it logs in once more when it is not let in."""
        outcome = await self.try_asking(path, body, kind)
        if not outcome.is_ok:
            raise _refused(path, outcome)
        return outcome

    async def try_asking(self, path: str, body: object, kind: type[O]) -> O:
        """The same, but what it answers with an error code is the caller's to judge."""
        await self.open()
        number = self.number
        answer = await self._send(path, body)
        if _is_refusal(answer):
            await self._enter_again(number)
            answer = await self._send(path, body)
        outcome = await decode(expect(answer, path).body, kind)
        if outcome.is_ok or await self._is_in():
            return outcome
        await self._enter_again(number)
        return await decode(expect(await self._send(path, body), path).body, kind)

    async def filter_entries(self) -> str:
        """What stands in its IP filter, line by line; bytes that are no text are kept.

        Raises rather than guesses: what is not known to stand there would be lost with the next list of ours.
        """
        await self.open()
        number = self.number
        content = await self._filter_content()
        if content is None:
            await self._enter_again(number)
            content = await self._filter_content()
        if content is None:
            raise ProtocolMismatch(Text("answer-refused", {"path": _DOWNLOAD, "message": "?"}))
        return content

    async def see_to_filter(self) -> None:
        """Have it keep out who stands in its IP filter; raises NeedsAction when it will not."""
        if await self._filters():
            return
        config = {"enable_ipfilter": True, "ipfilter_mode": "blacklist"}
        await self._send(_SET_FILTER, {"ip_filter_config": config})
        if not await self._filters():
            raise NeedsAction(Text("bitcomet-no-filter"))

    async def close(self) -> None:
        """Give the connections back."""
        self._open = None
        await self.exchange.close()

    async def _begin(self) -> Connection:
        if self._refusal is not None:
            raise AccessDenied(self._refusal)
        if self._token is None or not await self._is_in():
            await self._log_in()
        version = self._version
        if version is None:
            raise ProtocolMismatch(Text("answer-no-version"))
        await self.see_to_filter()
        self.tells_filter = await self._filter_content() is not None
        self.number += 1
        return Connection(
            product="BitComet",
            version=version.text,
            capabilities=version.capabilities,
            advice=None if self.tells_filter else Text("bitcomet-replaces-filter"),
            session=self.number,
        )

    async def _enter_again(self, number: int) -> None:
        """Log in anew, unless another request has done so since session `number` or we are in all the same."""
        async with self._turn:
            if self._open is not None and self.number == number and not await self._is_in():
                self._open, self._token = None, None
        await self.open()

    async def _is_in(self) -> bool:
        """Whether requests are let in."""
        answer = await self._send(_FILTER, {})
        if _is_refusal(answer) or not answer.succeeded:
            return False
        try:
            return decode_now(answer.body, FilterAnswer).is_ok
        except ProtocolMismatch:
            return False

    async def _log_in(self) -> None:
        user, password = self._settings.username, self._settings.password.reveal()
        if not user and not password:
            raise self._refuse("downloader-login-missing")
        path = "api/webui/login"
        sealed = await asyncio.to_thread(credential, user, password)
        answer = await self._send(path, {"authentication": sealed, "client_id": CLIENT_ID})
        if _BAD_REQUEST <= answer.status < _SERVER_ERROR:
            raise NeedsAction(Text("bitcomet-no-remote-access"))
        expect(answer, path)
        try:
            entered = decode_now(answer.body, LogIn)
        except ProtocolMismatch as error:
            raise NeedsAction(Text("bitcomet-no-remote-access")) from error
        if entered.error_code == "PASSWORD_ERROR":
            raise self._refuse("downloader-denied")
        if not entered.is_ok:
            raise _refused(path, entered)
        self._version = _supported(entered.version)
        await self._name_device(entered.invite_token or "")

    async def _name_device(self, invitation: str) -> None:
        """The second step: a token for good, of the device that we are."""
        path = "api/device_token/get"
        body = {
            "device_id": CLIENT_ID,
            "device_name": "PeerWarden",
            "invite_token": invitation,
            "platform": "webui",
        }
        if not fits_header(invitation):
            raise ProtocolMismatch(Text("answer-unexpected", {"reason": "invite_token"}))
        answer = expect(await self._send(path, body, token=Secret(invitation)), path)
        device = decode_now(answer.body, DeviceToken)
        if not device.is_ok or not device.device_token:
            raise _refused(path, device)
        if not fits_header(device.device_token):
            raise ProtocolMismatch(Text("answer-unexpected", {"reason": "device_token"}))
        self._token = Secret(device.device_token)

    async def _filters(self) -> bool:
        answer = expect(await self._send(_FILTER, {}), _FILTER)
        config = decode_now(answer.body, FilterAnswer).ip_filter_config
        return bool(config and config.enable_ipfilter and config.ipfilter_mode == "blacklist")

    async def _filter_content(self) -> str | None:
        answer = await self._send(_DOWNLOAD, {})
        return await asyncio.to_thread(_content, answer.body) if answer.succeeded else None

    async def _send(self, path: str, body: object, *, token: Secret | None = None) -> Answer:
        headers = dict(_HEADERS)
        if (known := token or self._token) is not None:
            headers["Authorization"] = f"Bearer {known.reveal()}"
        # A whole filter is packed off the loop by those who send one.
        json = body if isinstance(body, bytes) else msgspec.json.encode(body)
        try:
            return await self.exchange.send("POST", path, json=json, headers=headers)
        except TooLate:
            raise
        except Unreachable:
            self.lost()
            raise

    def _refuse(self, reason: str) -> AccessDenied:
        """The error of a refusal, which is remembered."""
        self._refusal, self._open, self._token = Text(reason), None, None
        return AccessDenied(self._refusal)


def _is_refusal(answer: Answer) -> bool:
    return answer.status in (_UNAUTHORIZED, _FORBIDDEN)


def _refused(path: str, outcome: Outcome) -> ProtocolMismatch:
    message = shown(outcome.error_message or outcome.error_code or "?")
    return ProtocolMismatch(Text("answer-refused", {"path": path, "message": message}))


def _supported(text: str | None) -> Version:
    version = parse_version(text)
    if version is None:
        raise ProtocolMismatch(Text("answer-no-version"))
    if not version.is_supported:
        raise NeedsAction(Text("downloader-too-old", {"version": version.text, "minimum": "2.18"}))
    return version


def _content(body: bytes) -> str | None:
    """Of the answer, which is the file itself or JSON around it."""
    if not body.lstrip().startswith(b"{"):
        return None if body.lstrip().startswith(b"<") else body.decode("utf-8", "surrogateescape")
    try:
        told = decode_now(body, FilterContent)
        if not told.is_ok or told.content_base64 is None:
            return None
        packed = told.content_base64
        return base64.b64decode(packed, validate=True).decode("utf-8", "surrogateescape")
    except (ProtocolMismatch, ValueError):
        return None
