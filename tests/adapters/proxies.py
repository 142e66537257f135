"""An HTTP proxy and a SOCKS5 server on loopback, small and real, scripted by attributes."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Proxy:
    """What was asked of it, and how it behaves."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    """`host:port` of each connection that it made or refused, names as they came."""
    hosts: dict[str, str] = field(default_factory=dict)
    """Names that only it knows."""
    status: int = 0
    """HTTP: what it answers instead of doing it."""
    reply: int = 0
    """SOCKS5: the code with which it refuses."""


@asynccontextmanager
async def http_proxy() -> AsyncIterator[Proxy]:
    """Tunnels by CONNECT and passes plain requests on."""
    proxy = Proxy()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        tunnel = method == "CONNECT"
        url = urlsplit(f"//{target}" if tunnel else target)
        host, port = url.hostname or "", url.port or 80
        proxy.asked.append(f"{host}:{port}")
        if proxy.status:
            writer.write(f"HTTP/1.1 {proxy.status} No\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        there = await asyncio.open_connection(proxy.hosts.get(host, host), port)
        if tunnel:
            writer.write(b"HTTP/1.1 200 Fine\r\n\r\n")
        else:
            there[1].write(head.replace(target.encode(), (url.path or "/").encode(), 1))
        await _join((reader, writer), there)

    async with listening(talk) as port:
        proxy.url = f"http://127.0.0.1:{port}"
        yield proxy


@asynccontextmanager
async def socks_proxy() -> AsyncIterator[Proxy]:
    """SOCKS5 without a password; takes names as well as addresses."""
    proxy = Proxy()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        assert version == 5
        await reader.readexactly(count)
        writer.write(b"\x05\x00")
        _, command, _, kind = await reader.readexactly(4)
        assert command == 1
        if kind == 1:
            host = ".".join(map(str, await reader.readexactly(4)))
        else:
            assert kind == 3
            (length,) = await reader.readexactly(1)
            host = (await reader.readexactly(length)).decode()
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        proxy.asked.append(f"{host}:{port}")
        writer.write(bytes((5, proxy.reply, 0, 1, 0, 0, 0, 0, 0, 0)))
        await writer.drain()
        if not proxy.reply:
            there = await asyncio.open_connection(proxy.hosts.get(host, host), port)
            await _join((reader, writer), there)

    async with listening(talk) as port:
        proxy.url = f"socks5://127.0.0.1:{port}"
        yield proxy


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _join(one: Stream, other: Stream) -> None:
    """Carry bytes both ways until one side ends."""
    try:
        ways = [_carry(one[0], other[1]), _carry(other[0], one[1])]
        tasks = [asyncio.get_running_loop().create_task(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        other[1].close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """A TCP server on loopback; yields its port, and ends what it talks of with it."""
    running: set[asyncio.Task[None]] = set()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await talk(reader, writer)
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()
