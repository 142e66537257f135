"""The simulated qBittorrent on HTTP, with switches to make it misbehave and counters of its calls."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto
from functools import lru_cache
from typing import Final, cast
from urllib.parse import urlsplit

from aiohttp import web

from app.demo import version as versions
from app.demo.session import Session, Sessions
from app.demo.swarm import Swarm
from app.demo.webapi import (
    BAD_REQUEST,
    FORBIDDEN,
    JSON,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHORIZED,
    Call,
    Missing,
    Reply,
    WebApi,
)

_ROOT: Final = "/api/v2/"
_LARGEST_FORM: Final = 64 * 1024**2
_GARBAGE: Final = 5_000_000
_HTML: Final = "text/html"


class Fault(Enum):
    """A way to answer wrongly."""

    HTML = auto()
    """200 and a page, as a proxy or a captive portal does."""
    HALF = auto()
    """The right answer, cut off in the middle; what was asked for is done."""
    ERROR = auto()
    """500."""
    EMPTY = auto()
    """200 without a body."""
    SILENCE = auto()
    """The connection is closed without an answer."""
    GARBAGE = auto()
    """200, said to be JSON, and five million bytes of nothing."""


class DemoQBittorrent:
    """A server for one swarm. `faults`, `latency` and the counters may be used at any time.

    Paths in `faults`, `latencies`, `calls`, `received` and `sent` are those behind `/api/v2/`,
    such as `sync/maindata`; in `faults` and `latencies` `*` stands for all of them.
    """

    def __init__(
        self,
        swarm: Swarm,
        *,
        version: str = versions.DEFAULT,
        username: str = "admin",
        password: str = "adminadmin",  # noqa: S107 - the famous default
        api_key: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.version = versions.version(version)
        self.sessions = Sessions(
            username,
            password,
            api_key,
            clock,
            counts_on=self.version.counts_on,
        )
        self.api = WebApi(swarm, self.version, self.sessions)
        self.faults: dict[str, Fault] = {}
        self.latencies: dict[str, float] = {}
        """Seconds to wait before the answer."""
        self.calls: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        """Bytes of the bodies of requests."""
        self.sent: Counter[str] = Counter()
        """Bytes of the bodies of answers."""
        self._runner: web.AppRunner | None = None

    @property
    def swarm(self) -> Swarm:
        return self.api.swarm

    @property
    def url(self) -> str:
        """The WebUI's address without a slash at the end; only while it serves."""
        return f"http://127.0.0.1:{self.api.port}"

    @property
    def banned(self) -> tuple[str, ...]:
        """Its ban list, as the preference reads back."""
        return tuple(map(str, self.api.bans.entries))

    async def start(self, port: int = 0) -> None:
        """Serve on loopback; port 0 takes a free one. OSError if the port is taken."""
        app = web.Application(client_max_size=_LARGEST_FORM)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.5)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.api.port = cast("int", runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections; may be called twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        name = path.removeprefix(_ROOT) if path.startswith(_ROOT) else path
        self.calls[name] += 1
        self.received[name] += request.content_length or 0
        latency = self.latencies.get(name, self.latencies.get("*", 0.0))
        if latency > 0:
            await asyncio.sleep(latency)
        fault = self.faults.get(name, self.faults.get("*"))
        if fault is Fault.SILENCE and request.transport is not None:
            request.transport.abort()
        if fault is None or fault is Fault.HALF:
            reply = await self._answer(request, name)
        else:
            reply = _WRONG[fault]
        body = reply.body[: len(reply.body) // 2] if fault is Fault.HALF else reply.body
        self.sent[name] += len(body)
        response = web.Response(status=reply.status, body=body)
        response.headers["Content-Type"] = reply.kind
        if reply.cookie:
            response.headers["Set-Cookie"] = reply.cookie
        return response

    async def _answer(self, request: web.Request, name: str) -> Reply:
        headers = request.headers
        if not _is_same_site(
            headers.get("Host", ""),
            headers.get("Origin") or headers.get("Referer", ""),
            self.api.port,
        ):
            return UNAUTHORIZED
        if not name or name.startswith("/"):
            return self._page() if name == "/" else NOT_FOUND
        session = self._session(request)
        is_login = name == "auth/login"
        action = self.api.actions.get(name)
        if session is None and not is_login:
            return FORBIDDEN
        if action is None and not is_login:
            return NOT_FOUND
        is_post = request.method == "POST"
        if not is_post and (request.method != "GET" or name in self.api.post_only):
            return NOT_ALLOWED
        values = cast("Mapping[str, str]", await request.post() if is_post else request.query)
        if action is None or session is None:
            return self.api.log_in(values, request.remote or "", is_known=session is not None)
        try:
            return action(Call(session, values))
        except Missing:
            return BAD_REQUEST

    def _session(self, request: web.Request) -> Session | None:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and self.version.has_api_key:
            return self.sessions.find_by_key(key)
        wanted = self.version.cookie(self.api.port)
        for cookie in request.headers.get("Cookie", "").split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == wanted:
                return self.sessions.find(value)
        return None

    def _page(self) -> Reply:
        page = f"<!DOCTYPE html>\n<html><head><title>{self.version.title}</title></head></html>\n"
        return Reply(200, page.encode(), _HTML)


@asynccontextmanager
async def running(
    swarm: Swarm,
    *,
    version: str = versions.DEFAULT,
    api_key: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[DemoQBittorrent]:
    """A server on a free port for the length of a block; user `admin`, password `adminadmin`."""
    server = DemoQBittorrent(swarm, version=version, api_key=api_key, clock=clock)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@lru_cache(maxsize=256)
def _is_same_site(host: str, origin: str, port: int) -> bool:
    """Whether the request is for this port, and from a page of this server if from a page at all."""
    try:
        target = urlsplit(f"//{host}")
        if target.port not in (None, port):
            return False
        source = urlsplit(origin)
        return not origin or (source.hostname, source.port) == (target.hostname, target.port)
    except ValueError:
        return False


_WRONG: Final = {
    Fault.HTML: Reply(200, b"<!DOCTYPE html><html><body>Welcome to the hotel</body></html>", _HTML),
    Fault.ERROR: Reply(500, b"Internal Server Error"),
    Fault.EMPTY: Reply(),
    Fault.SILENCE: Reply(),
    Fault.GARBAGE: Reply(200, b"\x00\xff{[" * (_GARBAGE // 4), JSON),
}
