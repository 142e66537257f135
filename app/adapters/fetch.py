"""Downloads lists and databases over HTTP: bounded in time and size, unpacked, complete or not at all."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import ssl
import tempfile
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, Final

import aiohttp
import httpx

from app.adapters.atomic_file import put_in_place
from app.adapters.http import USER_AGENT, caused_by, open_transport
from app.adapters.unpack import Damaged, TooLarge, Unpacker
from app.domain.address import InvalidAddress, parse_ip, parse_prefix
from app.domain.reason import Text
from app.services.fetching import PATIENCE, Credentials, Fetched, FetchFailed, Stamp
from app.settings.config import Proxy, ProxyKind

_TIMEOUTS: Final = httpx.Timeout(30, connect=15).as_dict()
_REDIRECTS: Final = 10
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_AT_ONCE: Final = 256 * 1024
"""Bytes that go to the disk's thread together."""
_OK, _NOT_MODIFIED = 200, 304
_PORTS: Final = {"http": 80, "https": 443}
_LAN: Final = tuple(
    parse_prefix(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)
"""A proxy elsewhere does not reach them (reference/rules.md 5.1)."""

_REASONS: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    ((aiohttp.ClientConnectorDNSError,), "fetch-no-host"),
    # What httpx says of itself and not of aiohttp comes from a connection through the proxy.
    ((httpx.ProxyError, httpx.ConnectError), "fetch-proxy"),
    ((aiohttp.ServerTimeoutError, httpx.TimeoutException), "no-answer-in-time"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError), "answer-broke-off"),
    ((httpx.ReadError, httpx.RemoteProtocolError), "answer-broke-off"),
    ((aiohttp.ClientResponseError, httpx.ProtocolError), "answer-not-http"),
)
"""What each failure is called; the first that fits counts."""


class HttpFetch:
    """Implements `Fetch` with a connection of its own for each download."""

    def __init__(self, proxy: Callable[[], Proxy]) -> None:
        """`proxy` is asked anew each time."""
        self._proxy = proxy

    async def __call__(
        self,
        url: str,
        target: Path,
        *,
        limit: int,
        stamp: Stamp = Stamp(),  # noqa: B008 - frozen
        credentials: Credentials | None = None,
        seconds: float = PATIENCE,
    ) -> Fetched:
        """See the port."""
        shown = without_secrets(url)
        try:
            async with asyncio.timeout(seconds), self._answer(url, stamp, credentials) as answer:
                if answer.status_code == _NOT_MODIFIED:
                    return Fetched(path=None, stamp=stamp)
                return await _keep(answer, target, limit)
        except TimeoutError:
            raise FetchFailed(
                shown, Text("fetch-slow", {"limit_ms": int(seconds * 1000)})
            ) from None
        except TooLarge:
            raise FetchFailed(shown, Text("fetch-too-large", {"limit_bytes": limit})) from None
        except Damaged:
            raise FetchFailed(shown, Text("fetch-damaged")) from None
        except _Refused as error:
            raise FetchFailed(shown, error.why) from None
        except httpx.InvalidURL:
            raise FetchFailed(shown, Text("fetch-bad-address")) from None
        except (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError) as error:
            raise FetchFailed(shown, _reason(error)) from error

    @asynccontextmanager
    async def _answer(
        self, url: str, stamp: Stamp, credentials: Credentials | None
    ) -> AsyncIterator[httpx.Response]:
        """What stands at the end of all redirects, 200 or an expected 304; the body is still to come."""
        at = httpx.URL(url)
        origin = _origin(at)
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **_conditions(stamp)}
        login = _login(at, credentials)
        for _ in range(_REDIRECTS):
            own = login if _origin(at) == origin else {}
            async with self._asked(at.copy_with(userinfo=b""), {**headers, **own}) as answer:
                if answer.status_code in _MOVED and "Location" in answer.headers:
                    at = _next(at, answer.headers["Location"])
                    continue
                _check_status(answer, conditional=stamp != Stamp())
                yield answer
                return
        raise _Refused(Text("fetch-redirects"))

    @asynccontextmanager
    async def _asked(
        self, url: httpx.URL, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
        if url.scheme not in _PORTS or not url.host:
            raise _Refused(Text("fetch-bad-address"))
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": _TIMEOUTS})
        proxy = self._proxy()
        if is_direct(url.host, proxy):
            transport = await open_transport(tls=url.scheme == "https", connections=1)
        else:
            transport = await open_transport(tls=True, connections=1, proxy=_address(proxy))
        async with transport:
            answer = await transport.handle_async_request(request)
            # Transports on their own do not tie an answer to its request, which reading it wants to know.
            answer.request = request
            try:
                yield answer
            finally:
                await answer.aclose()


class _Refused(Exception):
    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.id)


class _NewFile:
    """A file beside `target` that takes its place when it is complete; every step runs in a thread."""

    def __init__(self, target: Path, limit: int) -> None:
        self._target = target
        self._unpacker = Unpacker(limit)
        self._digest = hashlib.sha256()
        self._size = 0
        self._lock = threading.Lock()
        self._given_up = False
        self._file: BinaryIO | None = None
        self._path = target

    def add(self, piece: bytes) -> None:
        with self._lock:
            for part in self._unpacker.feed(piece):
                self._write(part)

    def complete(self, stamp: Stamp) -> Fetched:
        with self._lock:
            for part in self._unpacker.finish():
                self._write(part)
            file = self._opened()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            put_in_place(self._path, self._target)
        return Fetched(
            path=self._target, stamp=stamp, size=self._size, sha256=self._digest.hexdigest()
        )

    def give_up(self) -> None:
        """Leave nothing behind; ends a step that still runs in its thread. Nothing happens after `complete`."""
        self._given_up = True
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._path.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        if self._given_up:
            raise _GaveUp
        if self._file is None:
            handle, name = tempfile.mkstemp(
                dir=self._target.parent, prefix=".fetch.", suffix=".tmp"
            )
            self._file, self._path = os.fdopen(handle, "wb"), Path(name)
        return self._file

    def _write(self, part: bytes) -> None:
        self._opened().write(part)
        self._digest.update(part)
        self._size += len(part)


class _GaveUp(Exception):
    pass


async def _keep(answer: httpx.Response, target: Path, limit: int) -> Fetched:
    if int(answer.headers.get("Content-Length", "0")) > limit:
        raise TooLarge
    stamp = Stamp(
        etag=answer.headers.get("ETag", ""), modified=answer.headers.get("Last-Modified", "")
    )
    file = _NewFile(target, limit)
    try:
        async for piece in answer.aiter_raw(_AT_ONCE):
            await asyncio.to_thread(file.add, piece)
        return await asyncio.to_thread(file.complete, stamp)
    finally:
        file.give_up()


def without_secrets(url: str) -> str:
    """`url` without user name, password and query, for people."""
    try:
        at = httpx.URL(url)
    except httpx.InvalidURL:
        return "?"
    query = "?…" if at.query else ""
    return f"{at.scheme}://{at.netloc.decode('ascii', 'replace')}{at.path}{query}"


def is_direct(host: str, proxy: Proxy) -> bool:
    """Whether `host` is asked without `proxy`: always this computer itself, and addresses of a LAN."""
    if proxy.kind is ProxyKind.NONE or host.lower() == "localhost":
        return True
    try:
        ip = parse_ip(host)
        if ip.is_loopback or any(ip in lan for lan in _LAN if lan.version == ip.version):
            return True
    except InvalidAddress:
        pass
    patterns = (pattern.strip().lower() for pattern in proxy.non_proxy_hosts.split("|"))
    return any(fnmatchcase(host.lower(), pattern) for pattern in patterns if pattern)


def _address(proxy: Proxy) -> str:
    scheme = "socks5" if proxy.kind is ProxyKind.SOCKS else "http"
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    return f"{scheme}://{host}:{proxy.port}"


def _conditions(stamp: Stamp) -> dict[str, str]:
    asked = {"If-None-Match": stamp.etag, "If-Modified-Since": stamp.modified}
    return {name: value for name, value in asked.items() if value}


def _login(url: httpx.URL, credentials: Credentials | None) -> dict[str, str]:
    if credentials is not None:
        pair = f"{credentials.username}:{credentials.password.reveal()}"
    elif url.username or url.password:
        pair = f"{url.username}:{url.password}"
    else:
        return {}
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _next(at: httpx.URL, location: str) -> httpx.URL:
    to = at.join(location)
    if at.scheme == "https" and to.scheme == "http":
        # Whoever sits between could then send anything.
        raise _Refused(Text("fetch-downgraded", {"host": to.host}))
    return to


def _check_status(answer: httpx.Response, *, conditional: bool) -> None:
    status = answer.status_code
    if status != _OK and not (status == _NOT_MODIFIED and conditional):
        raise _Refused(Text("fetch-status", {"status": status}))


def _reason(error: Exception) -> Text:
    if caused_by(error, ssl.SSLCertVerificationError):
        return Text("fetch-certificate")
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    for kinds, text in _REASONS:
        if isinstance(cause, kinds):
            return Text(text)
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return Text("fetch-refused")
    number = cause.errno if isinstance(cause, OSError) else None
    reason = os.strerror(number) if number and number > 0 else type(cause).__name__
    return Text("connection-failed", {"reason": reason})
