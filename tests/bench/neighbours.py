"""Bad neighbours of a healthy downloader, over real HTTP in a process of their own: `python -m tests.bench.neighbours`.

Prints one line of JSON with the address of each, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import parse_qs

SIZE: Final = 30 * 1024 * 1024
HANGS, REFUSES, DRIPS, HUGE, JUNK = "hangs", "refuses", "drips", "huge", "junk"
_DRIP_SECONDS: Final = 0.25
_HEAD_LIMIT: Final = 64 * 1024

Answer: TypeAlias = Callable[[str, bytes, asyncio.StreamWriter], Awaitable[None]]

_serving: Final[set[asyncio.Task[None] | None]] = set()

_SMALL: Final = {
    "auth/login": b"Ok.",
    "app/version": b"v5.1.0",
    "app/webapiVersion": b"2.11.4",
    "app/buildInfo": b'{"libtorrent": "1.2.19.0"}',
    "sync/torrentPeers": b'{"rid": 1, "full_update": true, "peers": {}}',
    "torrents/properties": b'{"private": false, "piece_size": 4194304, "pieces_have": 900}',
}


def _torrents() -> bytes:
    """Members of a `torrents` object, a little more than SIZE bytes of them."""
    entries, size, number = [], 0, 0
    while size < SIZE:
        number += 1
        key = f"{number:040x}"
        about = {
            "name": f"Some collection of files with a long name, part {number}",
            "hash": key,
            "infohash_v1": key,
            "infohash_v2": "",
            "magnet_uri": f"magnet:?xt=urn:btih:{key}&tr=" + "https%3A%2F%2Ftracker.example%2F" * 8,
            "save_path": "/srv/torrents/finished/collections",
            "content_path": f"/srv/torrents/finished/collections/part {number}",
            "total_size": 4_000_000_000,
            "size": 4_000_000_000,
            "completed": 4_000_000_000,
            "progress": 1,
            "state": "stalledUP",
            "upspeed": 0,
            "dlspeed": 0,
            "uploaded": number * 1_000,
            "num_leechs": 0,
            "num_seeds": 0,
            "category": "collections",
            "tags": "one, two",
            "tracker": "https://tracker.example/announce",
            "private": False,
            "piece_size": 4_194_304,
            "pieces_have": 953,
            "comment": "x" * 300,
        }
        entry = f'"{key}":{json.dumps(about)}'
        entries.append(entry)
        size += len(entry)
    return ",".join(entries).encode()


class _QBittorrent:
    """Answers as one whose list of torrents is `torrents`, and keeps the ban list that it is given."""

    def __init__(self, torrents: bytes) -> None:
        self._torrents, self._banned = torrents, ""

    async def __call__(self, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        path, _, query = path.removeprefix("/api/v2/").partition("?")
        if path == "sync/maindata":
            full = b"true" if "rid=0" in query.split("&") else b"false"
            head = b'{"rid":1,"full_update":' + full + b',"torrents":{'
            await _send(writer, head + self._torrents + b"}}")
            return
        if path == "app/setPreferences":
            changes = json.loads(parse_qs(body.decode())["json"][0])
            self._banned = changes.get("banned_IPs", self._banned)
        if path == "app/preferences":
            await _send(writer, json.dumps({"banned_IPs": self._banned}).encode())
            return
        await _send(writer, _SMALL.get(path, b""))


async def _hang(_path: str, _body: bytes, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _drip(_path: str, _body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"
    )
    while True:
        await writer.drain()
        await asyncio.sleep(_DRIP_SECONDS)
        writer.write(b" ")


async def _send(writer: asyncio.StreamWriter, body: bytes) -> None:
    kind = b"application/json" if body.startswith(b"{") else b"text/plain"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n" % (kind, len(body))
    writer.write(head + b"Set-Cookie: SID=neighbour; path=/\r\n\r\n")
    writer.write(body)
    await writer.drain()


async def _serve(
    answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    # Who waits for nothing that anybody holds would be collected as garbage.
    held = asyncio.current_task()
    _serving.add(held)
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            lengths = [
                int(ln.partition(":")[2])
                for ln in lines
                if ln.lower().startswith("content-length:")
            ]
            body = await reader.readexactly(sum(lengths))
            await answer(lines[0].split()[1], body, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        _serving.discard(held)
        writer.close()


async def main() -> None:
    """Serve until standard input ends."""
    torrents = _torrents()
    answers: dict[str, Answer] = {
        HANGS: _hang,
        DRIPS: _drip,
        HUGE: _QBittorrent(torrents),
        # Good until shortly before its end, so that all of it has to be read.
        JUNK: _QBittorrent(torrents[:-20] + b"oh no" * 4),
    }
    places: dict[str, str] = {}
    async with asyncio.TaskGroup() as group:
        for name, answer in answers.items():
            server = await asyncio.start_server(
                partial(_serve, answer), "127.0.0.1", 0, limit=_HEAD_LIMIT
            )
            places[name] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            group.create_task(server.serve_forever(), name=name)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
            places[REFUSES] = f"http://127.0.0.1:{closed.getsockname()[1]}"
            print(json.dumps(places), flush=True)
            await asyncio.to_thread(sys.stdin.read)
            os._exit(0)  # those that hang would be told one by one


if __name__ == "__main__":
    asyncio.run(main())
