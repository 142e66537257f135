"""Recognises the downloaders of this machine by what their WebUIs say to a stranger (reference/downloaders.md 10)."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import httpx
import msgspec
import psutil
from msgspec import Struct

from app.adapters.http import TIMEOUTS, USER_AGENT, open_transport
from app.services.discovery import Found
from app.settings.downloader_kind import (
    ARIA2,
    ARIA2_NEXT,
    BIGLYBT,
    BITCOMET,
    DELUGE,
    QBITTORRENT,
    TRANSMISSION,
)

log = logging.getLogger(__name__)

_AT_A_TIME: Final = 16
_SECONDS_EACH: Final = 8.0
_SECONDS: Final = 30.0
_LARGEST: Final = 256 * 1024
"""Bytes of an answer that are looked at."""
_REDIRECTS: Final = 3
_NOT_FOUND: Final = 404
_EVERYWHERE: Final = ("", "0.0.0.0", "::")  # noqa: S104 - what others listen on
_BODIES: Final = (
    ("BitComet Remote Access", BITCOMET),
    ("BitComet WebUI", BITCOMET),
    ("qBittorrent WebUI", QBITTORRENT),
    ("qBittorrent Web UI", QBITTORRENT),  # before 5.0
    ("Deluge WebUI", DELUGE),
)
_NO_DOWNLOADER: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    OSError,
    UnicodeError,
    msgspec.DecodeError,
)
_LIST_METHODS: Final = b'{"jsonrpc":"2.0","id":"peerwarden","method":"system.listMethods"}'
"""aria2 wants no secret for it."""


@dataclass(frozen=True, slots=True, order=True)
class Listener:
    """A socket that takes connections here."""

    port: int
    host: str
    """As URLs have it."""
    pid: int
    """0 when that is not ours to know."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class Methods(Struct, frozen=True):
    """What aria2 says that it can do."""

    result: list[str] = []


def listening() -> list[Listener]:
    """Every TCP socket of this machine that others than we listen on; blocks. Without rights, those of the user."""
    found = set()
    for socket, pid in _sockets():
        if socket.status == psutil.CONN_LISTEN and socket.laddr and pid != os.getpid():
            ip = socket.laddr.ip
            host = "127.0.0.1" if ip in _EVERYWHERE else f"[{ip}]" if ":" in ip else ip
            found.add(Listener(socket.laddr.port, host, pid or 0))
    return sorted(found)


def _sockets() -> Iterator[tuple[Any, int | None]]:
    try:
        yield from ((each, each.pid) for each in psutil.net_connections("tcp"))
    except psutil.AccessDenied:  # macOS, unless for root
        for process in psutil.process_iter():
            try:
                yield from ((each, process.pid) for each in process.net_connections("tcp"))
            except psutil.Error:
                continue


class Scanner:
    """Implements `Scan`."""

    def __init__(self, listeners: Callable[[], Sequence[Listener]] = listening) -> None:
        self._listeners = listeners

    async def __call__(self) -> Sequence[Found]:
        """See the port."""
        listeners = await asyncio.to_thread(self._listeners)
        found: list[Found] = []
        slots = asyncio.Semaphore(_AT_A_TIME)

        async def look(transport: httpx.AsyncBaseTransport, at: Listener) -> None:
            async with slots:
                kind = await _kind_at(transport, at)
            if kind is not None:
                found.append(Found(host=at.host, port=at.port, type=kind, pid=at.pid))

        transport = await open_transport(tls=False, connections=_AT_A_TIME)
        async with transport:
            try:
                async with asyncio.timeout(_SECONDS), asyncio.TaskGroup() as group:
                    for listener in listeners:
                        group.create_task(
                            look(transport, listener), name=f"look at {listener.port}"
                        )
            except TimeoutError:
                log.info("gave up on programs here that take connections and say nothing")
        return _each_once(found)


def _each_once(found: list[Found]) -> list[Found]:
    """By port; one that listens at several addresses by the first of them, which is IPv4 where it can be."""
    found = sorted(found, key=lambda each: (each.port, each.host.startswith("["), each.host))
    known: dict[tuple[int, int, str], Found] = {}
    for each in found:
        known.setdefault((each.port, each.pid, each.type), each)
    return list(known.values())


async def _kind_at(transport: httpx.AsyncBaseTransport, at: Listener) -> str | None:
    """The kind of downloader that answers there, if any."""
    url = httpx.URL(f"http://{at.host}:{at.port}/")
    try:
        async with asyncio.timeout(_SECONDS_EACH):
            answer = await _get(transport, url)
            kind = _recognised(answer)
            if kind is None and answer.status == _NOT_FOUND:
                asked = httpx.Request(
                    "POST",
                    url.copy_with(path="/jsonrpc"),
                    content=_LIST_METHODS,
                    headers={"User-Agent": USER_AGENT, "Content-Type": "application/json"},
                    extensions={"timeout": TIMEOUTS},
                )
                kind = _aria2(await _send(transport, asked))
    except _NO_DOWNLOADER as error:
        log.debug("port %d is no downloader's: %s", at.port, type(error).__name__)
        return None
    return kind


async def _get(transport: httpx.AsyncBaseTransport, url: httpx.URL) -> _Answer:
    """The page there, after redirects that stay there."""
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    for _ in range(_REDIRECTS):
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": TIMEOUTS})
        answer = await _send(transport, request)
        target = url.join(answer.headers.get("Location", "")) if _moves(answer) else url
        if _recognised(answer) or target == url or _origin(target) != _origin(url):
            break
        url = target
    return answer


async def _send(transport: httpx.AsyncBaseTransport, request: httpx.Request) -> _Answer:
    response = await transport.handle_async_request(request)
    body = b""
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) >= _LARGEST:
                break
    finally:
        await response.aclose()
    return _Answer(response.status_code, response.headers, body[:_LARGEST])


def _recognised(answer: _Answer) -> str | None:
    server = answer.headers.get("Server", "")
    if "Transmission" in server:
        return TRANSMISSION
    if "PeerBanHelper-BiglyBT-Adapter" in server:
        return BIGLYBT
    if "BitComet Remote Login" in answer.headers.get("WWW-Authenticate", ""):
        return BITCOMET
    page = answer.body.decode("utf-8", "replace")
    return next((kind for words, kind in _BODIES if words in page), None)


def _aria2(answer: _Answer) -> str | None:
    methods = msgspec.json.decode(answer.body, type=Methods).result
    if "aria2.setBtPeerBlocklist" in methods:
        return ARIA2_NEXT
    return ARIA2 if "aria2.getVersion" in methods else None


def _moves(answer: _Answer) -> bool:
    return 300 <= answer.status < 400 and "Location" in answer.headers  # noqa: PLR2004 - HTTP


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
