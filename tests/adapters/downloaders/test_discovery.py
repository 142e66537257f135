"""Downloaders of this machine are recognised by what they say to a stranger, who says nothing of himself."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import SimpleNamespace

import psutil
import pytest
from aiohttp import web

from app.adapters.downloaders import discovery
from app.adapters.downloaders.discovery import Listener, Scanner, listening
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
from tests.adapters.downloaders.serving import Handler, serving
from tests.adapters.proxies import listening as tcp


def page(text: str = "", status: int = 200, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(text=text, status=status, headers=named, content_type="text/html")

    return handle


def aria2(*methods: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        if request.method != "POST" or request.path != "/jsonrpc":
            return web.Response(status=404)
        asked = await request.json()
        assert asked["method"] == "system.listMethods"
        assert "params" not in asked
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": methods})

    return handle


@asynccontextmanager
async def all_served(*handlers: Handler) -> AsyncIterator[list[Listener]]:
    async with AsyncExitStack() as stack:
        found = []
        for handler in handlers:
            url = await stack.enter_async_context(serving(handler))
            found.append(Listener(int(url.rpartition(":")[2]), "127.0.0.1", 7))
        yield found


async def scanned(listeners: Sequence[Listener]) -> Sequence[Found]:
    return await Scanner(lambda: listeners)()


async def kind_of(handler: Handler) -> str | None:
    async with all_served(handler) as listeners:
        found = await scanned(listeners)
    assert len(found) <= 1
    return found[0].type if found else None


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (page(status=301, Server="Transmission", Location="/transmission/web/"), TRANSMISSION),
        (page("qBittorrent WebUI", Server="Transmission"), TRANSMISSION),
        (page(status=403, Server="PeerBanHelper-BiglyBT-Adapter"), BIGLYBT),
        (page(status=401, WWW_Authenticate='Basic realm="BitComet Remote Login"'), BITCOMET),
        (page("<title>BitComet Remote Access</title>"), BITCOMET),
        (page("<title>BitComet WebUI</title> qBittorrent WebUI"), BITCOMET),
        (page("<title>qBittorrent WebUI</title>"), QBITTORRENT),
        (page("<title>qBittorrent Web UI</title>"), QBITTORRENT),
        (page("<title>Deluge WebUI 2.0.3</title>", Server="TwistedWeb/22.4.0"), DELUGE),
        (aria2("aria2.addUri", "aria2.getVersion", "system.listMethods"), ARIA2),
        (aria2("aria2.getVersion", "aria2.setBtPeerBlocklist"), ARIA2_NEXT),
        (aria2("other.method"), None),
        (page("<title>Router</title>"), None),
        (page("nothing", status=404), None),
        (page('{"result": {"a": 1}}', status=404), None),
        (page(status=500), None),
    ],
)
async def test_each_kind_is_known_by_its_sign(handler: Handler, kind: str | None) -> None:
    assert await kind_of(handler) == kind


async def test_a_page_behind_a_redirect_is_looked_at_but_nothing_elsewhere() -> None:
    elsewhere: list[str] = []

    async def other(request: web.Request) -> web.Response:
        elsewhere.append(request.path)
        return web.Response(text="qBittorrent WebUI")

    async with serving(other) as url:

        async def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(url)

        assert await kind_of(away) is None
    assert not elsewhere

    async def here(request: web.Request) -> web.Response:
        if request.path == "/":
            raise web.HTTPFound("/ui/")
        return web.Response(text="<title>Deluge WebUI</title>")

    async def round_and_round(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{len(request.path)}x")

    assert await kind_of(here) == DELUGE
    assert await kind_of(round_and_round) is None


async def test_nobody_is_told_a_secret_and_each_is_asked_once() -> None:
    asked: list[tuple[str, str, dict[str, str]]] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append((request.method, request.path, dict(request.headers)))
        return web.Response(text="qBittorrent WebUI", headers={"Set-Cookie": "SID=1"})

    assert await kind_of(handle) == QBITTORRENT
    ((method, path, headers),) = asked
    assert (method, path) == ("GET", "/")
    assert not {"Authorization", "Cookie", "Referer", "Origin"} & set(headers)


async def test_what_is_no_web_server_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_SECONDS_EACH", 0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def chatty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with (
        tcp(silent) as one,
        tcp(chatty) as two,
        tcp(endless) as three,
        all_served(page("qBittorrent WebUI")) as listeners,
    ):
        others = [Listener(port, "127.0.0.1", 0) for port in (one, two, three, 1)]
        found = await scanned([*others, Listener(2, "[fe80::1]", 0), *listeners])
    assert [each.port for each in found] == [listeners[0].port]


async def test_a_scan_ends_with_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_SECONDS", 0.5)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with tcp(silent) as one, all_served(page("qBittorrent WebUI")) as listeners:
        found = await scanned([*listeners, Listener(one, "127.0.0.1", 0)])
    assert [each.type for each in found] == [QBITTORRENT]


async def test_no_more_than_sixteen_are_asked_at_a_time() -> None:
    running = most = 0
    many = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 16:
            many.set()
        await many.wait()
        running -= 1
        return web.Response()

    async with all_served(*[handle] * 40) as listeners:
        await scanned(listeners)
    assert most == 16


async def test_one_that_listens_twice_is_found_once() -> None:
    async with all_served(aria2("aria2.getVersion")) as (it,):
        twice = [Listener(it.port, "localhost", it.pid), it]
        assert [each.host for each in await scanned(twice)] == ["127.0.0.1"]


# Sockets

_LISTEN = """
import socket, sys
families = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, ""), (socket.AF_INET6, "::1"))
made = []
for family, host in families:
    it = socket.socket(family)
    it.bind((host, 0))
    it.listen()
    made.append(it)
print(*(it.getsockname()[1] for it in made), flush=True)
sys.stdin.read()
"""


def test_sockets_of_others_are_found_and_our_own_are_not() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ports = [int(port) for port in process.stdout.readline().split()]
        with socket.create_server(("127.0.0.1", 0)) as own:
            found = {each.port: each for each in listening()}
            assert own.getsockname()[1] not in found
        assert [(found[port].host, found[port].pid) for port in ports] == [
            ("127.0.0.1", process.pid),
            ("127.0.0.1", process.pid),
            ("[::1]", process.pid),
        ]
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


def test_without_rights_the_sockets_of_ones_own_processes_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connection(port: int, status: str) -> object:
        laddr = SimpleNamespace(ip="::", port=port)
        return SimpleNamespace(laddr=laddr, status=status)

    class Process:
        def __init__(self, pid: int, *found: object) -> None:
            self.pid, self._found = pid, found

        def net_connections(self, kind: str) -> Sequence[object]:
            assert kind == "tcp"
            if not self._found:
                raise psutil.AccessDenied(self.pid)
            return self._found

    def refuse(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    processes = [
        Process(1),
        Process(5, connection(8080, psutil.CONN_LISTEN), connection(9, psutil.CONN_ESTABLISHED)),
        Process(os.getpid(), connection(9898, psutil.CONN_LISTEN)),
    ]
    monkeypatch.setattr(psutil, "process_iter", lambda: iter(processes))
    assert listening() == [Listener(8080, "127.0.0.1", 5)]
