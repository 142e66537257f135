"""The ways to rTorrent's XML-RPC: SCGI over TCP, SCGI over a socket file, or a web server in front of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import errno
import os
import re
import socket
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from app.adapters.downloaders.exchange import LARGEST, LONGEST, Answer, exchange_with
from app.domain.reason import Text
from app.services.errors import (
    AccessDenied,
    NeedsAction,
    NoListener,
    ProtocolMismatch,
    TooLate,
    Unreachable,
)
from app.settings.downloader import DownloaderSettings

_PORT: Final = 5000
"""By custom; SCGI has none of its own."""
_CONNECT_LIMIT: Final = 10.0
"""Seconds."""
_AT_A_TIME: Final = 2
"""Connections; rTorrent answers one after the other."""
_PIECE: Final = 64 * 1024
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = (404, 405)
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")
_XML: Final = {"Content-Type": "text/xml"}


class Channel(Protocol):
    """Carries one XML document there and one back; raises Unreachable, ProtocolMismatch, AccessDenied, NeedsAction."""

    @property
    def requests(self) -> int:
        """Sent so far."""
        ...

    @property
    def received(self) -> int:
        """Bytes of answers so far."""
        ...

    async def send(self, body: bytes) -> bytes: ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


def open_channel(settings: DownloaderSettings) -> Channel:
    """The one that the address means."""
    if settings.endpoint.startswith("scgi:"):
        return ScgiChannel(settings.endpoint)
    return WebChannel(settings)


class ScgiChannel:
    """One connection for each request, as SCGI has it."""

    def __init__(self, endpoint: str, *, largest: int = LARGEST, longest: float = LONGEST) -> None:
        """`endpoint` is `scgi://host:port` or `scgi:///path/of/socket`."""
        parts = urlsplit(endpoint)
        self._host, self._port = parts.hostname or "", parts.port or _PORT
        self._file = "" if self._host else unquote(parts.path)
        self._largest, self._longest = largest, longest
        self._slots = asyncio.Semaphore(_AT_A_TIME)
        self.requests = 0
        self.received = 0

    async def send(self, body: bytes) -> bytes:
        async with self._slots:
            try:
                async with asyncio.timeout(self._longest):
                    return await self._send(body)
            except TimeoutError:
                raise TooLate from None
            except OSError as error:
                raise self._failure(error) from error

    async def close(self) -> None:
        """Nothing stays open between two requests."""

    async def _send(self, body: bytes) -> bytes:
        reader, writer = await self._connect()
        self.requests += 1
        try:
            writer.write(_frame(body))
            await writer.drain()
            answer = await self._read(reader)
        finally:
            # Not `close`, which waits until somebody has read what was not sent yet.
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        return _content(answer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(_CONNECT_LIMIT):
            if self._file:
                return await asyncio.open_unix_connection(self._file)
            return await asyncio.open_connection(self._host, self._port)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := await reader.read(_PIECE):
            size += len(piece)
            self.received += len(piece)
            if size > self._largest:
                raise ProtocolMismatch(Text("answer-too-large", {"limit_bytes": self._largest}))
            pieces.append(piece)
        return b"".join(pieces)

    def _failure(self, error: OSError) -> Unreachable | NeedsAction:
        if isinstance(error, socket.gaierror):
            return Unreachable(Text("no-such-host", {"host": self._host}))
        if self._file and error.errno in (errno.EACCES, errno.EPERM):
            return NeedsAction(Text("socket-forbidden", {"path": self._file}))
        if self._file and error.errno in (errno.ENOENT, errno.ENOTSOCK):
            return Unreachable(Text("no-socket", {"path": self._file}))
        if error.errno == errno.ECONNREFUSED:
            address = self._file or f"{self._host}:{self._port}"
            return NoListener(Text("no-listener", {"address": address}))
        if isinstance(error, ConnectionError):
            return Unreachable(Text("answer-broke-off"))
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        return Unreachable(Text("connection-failed", {"reason": reason}))


class WebChannel:
    """Through a web server that passes a path such as `/RPC2` on to rTorrent."""

    def __init__(self, settings: DownloaderSettings) -> None:
        self._exchange = exchange_with(settings, at_a_time=_AT_A_TIME)
        self._headers = dict(_XML)
        user, password = settings.username, settings.password.reveal()
        if user or password:
            # At once, not when asked for: each request would go twice.
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"

    @property
    def requests(self) -> int:
        return self._exchange.requests

    @property
    def received(self) -> int:
        return self._exchange.received

    async def send(self, body: bytes) -> bytes:
        answer = await self._exchange.send("POST", "", json=body, headers=self._headers)
        if answer.succeeded:
            return answer.body
        raise self._refused(answer)

    async def close(self) -> None:
        await self._exchange.close()

    def _refused(self, answer: Answer) -> AccessDenied | NeedsAction | Unreachable:
        status = answer.status
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            asked = "Authorization" not in self._headers and status == _UNAUTHORIZED
            return AccessDenied(Text("downloader-login-missing" if asked else "downloader-denied"))
        if status in _NOT_FOUND or 300 <= status < 400:  # noqa: PLR2004 - HTTP
            return NeedsAction(Text("rtorrent-not-at", {"status": status}))
        return Unreachable(Text("rtorrent-behind", {"status": status}))


def _frame(body: bytes) -> bytes:
    head = b"CONTENT_LENGTH\0%d\0SCGI\0001\0" % len(body)
    return b"%d:%s,%s" % (len(head), head, body)


def _content(answer: bytes) -> bytes:
    """What follows the headers; an answer that broke off is not whole by what they promise."""
    if not answer:
        raise Unreachable(Text("answer-broke-off"))
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        raise ProtocolMismatch(Text("answer-not-scgi"))
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and _LENGTH.fullmatch(value.strip()):
            if len(body) < int(value):
                raise Unreachable(Text("answer-broke-off"))
            return body[: int(value)]
    return body
