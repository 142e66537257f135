"""A shelf with a small server of its own, for fakes here and for real daemons in a namespace."""

from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

PATH = "/blocklist/for/0123456789abcdef0123456789abcdef"
THEIRS = "/lists/level1?pin=1234"
THEIRS_BANS = "9.9.9.9"
"""By the user's own list, at `THEIRS` of the same server."""


@dataclass
class ServedShelf:
    """One list for whoever asks; implements `Shelf`."""

    root: str | None = None
    far: str | None = None
    """Where others find it; None for the same place."""
    body: bytes = b""
    has_fetched: bool = False
    fetches: int = 0
    theirs_fetches: int = 0
    packs: bool = False
    """Whether it answers gzip to who reads that, as the program does to other computers."""

    @property
    def theirs(self) -> str:
        """Where a list of the user's is."""
        return f"{self.root}{THEIRS}"

    def url(self, downloader: str, *, near: bool) -> str | None:
        del downloader
        root = self.root if near or self.far is None else self.far
        return None if root is None else f"{root}{PATH}"

    def put(self, downloader: str, body: bytes) -> None:
        del downloader
        self.body, self.has_fetched = body, False

    def fetched(self, downloader: str) -> bool:
        del downloader
        return self.has_fetched

    async def answer(self, request: web.Request) -> web.Response:
        """As the server of the program does, and somebody else's."""
        if request.path_qs == THEIRS:
            self.theirs_fetches += 1
            return web.Response(text=f"theirs:{THEIRS_BANS}-{THEIRS_BANS}\n")
        if request.path != PATH:
            raise web.HTTPNotFound
        self.has_fetched = True
        self.fetches += 1
        if self.packs and "gzip" in request.headers.get("Accept-Encoding", ""):
            packed, headers = gzip.compress(self.body), {"Content-Encoding": "gzip"}
            return web.Response(body=packed, headers=headers, content_type="text/plain")
        return web.Response(body=self.body, content_type="text/plain")


@asynccontextmanager
async def served_shelf(listener: socket.socket | None = None) -> AsyncIterator[ServedShelf]:
    """A shelf that is served at `listener`, or at a free port of loopback."""
    found = listener or socket.create_server(("127.0.0.1", 0))
    shelf = ServedShelf(root=f"http://127.0.0.1:{found.getsockname()[1]}")
    app = web.Application()
    app.router.add_get("/{path:.*}", shelf.answer)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, found).start()
        yield shelf
    finally:
        await runner.cleanup()
