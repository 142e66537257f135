"""A small web server for lists and databases, scripted by attributes, that counts what it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.adapters.downloaders.serving import serving


@dataclass
class Page:
    """What one path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    """Makes it answer 304 to who has this one."""
    drips: bool = False
    """One byte, and then nothing more until the other side goes."""
    cut: bool = False
    """The connection breaks off half way."""


@dataclass
class ListServer:
    """Serves `pages` by path; what it does not have is a 404 with a web page."""

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    asked: list[web.Request] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by every request; tests clear it."""

    def put(self, path: str, body: bytes | str, **more: object) -> str:
        """Have a page there; returns its URL."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(content, **more)  # type: ignore[arg-type] # the test knows
        return self.url + path

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls[request.path] += 1
        self.asked.append(request)
        self.came.set()
        page = self.pages.get(request.path)
        if page is None:
            html = "<!DOCTYPE html><html><body>1.2.3.4 is not here</body></html>"
            return web.Response(status=404, text=html, content_type="text/html")
        headers = dict(page.headers)
        if page.etag:
            headers["ETag"] = page.etag
            if request.headers.get("If-None-Match") == page.etag:
                return web.Response(status=304, headers=headers)
        if page.drips or page.cut:
            return await self._badly(request, page, headers)
        return web.Response(status=page.status, body=page.body, headers=headers)

    async def _badly(
        self, request: web.Request, page: Page, headers: dict[str, str]
    ) -> web.StreamResponse:
        headers["Content-Length"] = str(len(page.body))
        response = web.StreamResponse(status=page.status, headers=headers)
        await response.prepare(request)
        if page.cut:
            await response.write(page.body[: len(page.body) // 2])
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write(page.body[:1])
        gone = asyncio.Event()
        await gone.wait()  # until the handler is cancelled
        return response


@asynccontextmanager
async def list_server() -> AsyncIterator[ListServer]:
    """A running one on loopback."""
    server = ListServer()
    async with serving(server.answer) as url:
        server.url = url
        yield server
