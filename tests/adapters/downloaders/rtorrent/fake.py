"""An rTorrent as the real ones were seen to answer: XML-RPC, spoken over SCGI or through a web server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import xmlrpc.client
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final, TypeAlias

from aiohttp import web

from app.adapters.downloaders.rtorrent.filter import Entry, Table
from app.domain.address import IPAddress, parse_ip
from tests.adapters.downloaders.simulated import Server, SimulatedPeer, SimulatedSwarm, living

HASH: Final = "AABBCCDDEEFF00112233445566778899AABBCCDD"
SIZE: Final = 3_000_000
PASSWORD: Final = "rpc-password"
VALUES: Final = {"unwanted": 32, "preferred": 64}

Row: TypeAlias = dict[str, Any]


def torrent(torrent_hash: str = HASH, **changes: object) -> Row:
    """One that seeds."""
    return {
        "hash": torrent_hash,
        "size_bytes": SIZE,
        "completed_bytes": SIZE,
        "up.rate": 0,
        "down.rate": 0,
        "up.total": 0,
        "is_private": 0,
        "custom1": "",
        "name": "A torrent",
        **{key.replace("__", "."): value for key, value in changes.items()},
    }


def peer(ip: str, number: int = 1, **changes: object) -> Row:
    """One that is connected and does nothing."""
    return {
        "id": f"2D5142343532302D{number:024X}",
        "address": f"[{ip}]" if ":" in ip else ip,
        "port": 6881,
        "completed_percent": 0,
        "up_total": 0,
        "up_rate": 0,
        "down_total": 0,
        "down_rate": 0,
        "client_version": "qBittorrent 4.5.2.0",
        **changes,
    }


class FakeRTorrent:
    """What answers; every attribute may be changed at any time."""

    def __init__(self) -> None:
        self.version = "0.9.8"
        self.pid = 100
        self.table = Table()
        self.torrents: dict[str, Row] = {HASH: torrent()}
        self.peers: dict[str, list[Row]] = {HASH: []}
        self.trackers: dict[str, list[tuple[int, str]]] = {}
        """Whether it is on, and its URL."""
        self.limit = 0
        self.missing: set[str] = set()
        """Methods that it has not."""
        self.drops: set[str] = set()
        """Addresses that it leaves out of its filter without a word."""
        self.clings: Counter[str] = Counter()
        """How often it must be told to hang up, by peer id."""
        self.calls: Counter[str] = Counter()
        self.asked: list[str] = []
        """Hashes whose peers were asked for, in order."""
        self.swarm = SimulatedSwarm(self._allows)
        """Around the first torrent."""

    def answer(self, body: bytes) -> bytes:
        """The document that answers the one in `body`."""
        arguments, method = xmlrpc.client.loads(body)
        try:
            value = self._call(method or "", arguments)
        except xmlrpc.client.Fault as fault:
            return xmlrpc.client.dumps(fault).encode()
        return xmlrpc.client.dumps((value,), methodresponse=True).encode()

    def filtered(self) -> list[str]:
        return [f"{entry.host}-{IPv4Address(entry.last)} {entry.value}" for entry in self.table]

    def connected(self, key: str) -> list[Row]:
        """The peers of a torrent."""
        rows = list(self.peers.get(key, ()))
        return rows + [_row(each) for each in self.swarm.connected] if key == HASH else rows

    def restart(self) -> None:
        """Forget what one forgets that ends."""
        self.pid += 1
        self.table = Table()

    def put(self, text: str, value: str = "unwanted") -> None:
        """Add to its filter, `a` or `a-b`."""
        first, _, last = text.partition("-")
        start = int(parse_ip(first))
        self.table.put(Entry(start, int(parse_ip(last)) if last else start, value == "unwanted"))

    def _call(self, method: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any value
        self.calls[method] += 1
        if method == "system.multicall":
            return [self._wrapped(each) for each in arguments[0]]
        known = self._methods()
        if method not in known:
            raise xmlrpc.client.Fault(-506, f"Method '{method}' not defined")
        return known[method](*arguments)

    def _wrapped(self, call: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        try:
            return [self._call(call["methodName"], tuple(call["params"]))]
        except xmlrpc.client.Fault as fault:
            return {"faultCode": fault.faultCode, "faultString": fault.faultString}

    def _methods(self) -> dict[str, Callable[..., Any]]:
        every: dict[str, Callable[..., Any]] = {
            "system.listMethods": lambda: sorted(self._methods()),
            "system.client_version": lambda: self.version,
            "system.pid": lambda: self.pid,
            "cat": "".join,
            "d.multicall2": self._list_torrents,
            "p.multicall": self._list_peers,
            "p.disconnect": self._kick,
            "t.multicall": self._list_trackers,
            "ipv4_filter.add_address": self._add,
            "ipv4_filter.dump": self.filtered,
            "ipv4_filter.get": self._get,
            "ipv4_filter.size_data": lambda: len(self.table) * 12,
            "throttle.global_up.max_rate": lambda: self.limit,
            "throttle.global_up.max_rate.set": self._set_limit,
        }
        return {name: method for name, method in every.items() if name not in self.missing}

    def _list_torrents(self, _target: str, _view: str, wanted: str) -> list[list[str]]:
        return [
            [_joined(wanted, "d", {**row, "peers_connected": len(self.connected(key))})]
            for key, row in self.torrents.items()
        ]

    def _list_peers(self, key: str, _target: str, wanted: str) -> list[list[str]]:
        self.asked.append(key)
        if key not in self.torrents:
            raise xmlrpc.client.Fault(-501, "Could not find info-hash.")
        return [[_joined(wanted, "p", row)] for row in self.connected(key)]

    def _list_trackers(self, key: str, _target: str, wanted: str) -> list[list[str]]:
        if key not in self.torrents:
            raise xmlrpc.client.Fault(-501, "Could not find info-hash.")
        found = self.trackers.get(key, [(1, "http://127.0.0.1:9/announce")])
        return [[_joined(wanted, "t", {"is_enabled": on, "url": url})] for on, url in found]

    def _kick(self, target: str) -> int:
        key, _, peer_id = target.partition(":p")
        if not any(row["id"] == peer_id for row in self.connected(key)):
            raise xmlrpc.client.Fault(-501, "Invalid index.")
        if self.clings[peer_id]:
            self.clings[peer_id] -= 1
            return 0
        self.peers[key] = [row for row in self.peers.get(key, ()) if row["id"] != peer_id]
        self.swarm.drop(*(each for each in self.swarm.connected if _id(each) == peer_id))
        return 0

    def _allows(self, address: IPAddress) -> bool:
        entry = self.table.find(int(address)) if address.version == 4 else None
        return entry is None or not entry.unwanted

    def _add(self, _target: str, text: str, value: str) -> int:
        if value not in VALUES:
            raise xmlrpc.client.Fault(-503, "Invalid option name.")
        assert "/" not in text, "it takes /32 for all that follows"
        if text not in self.drops:
            self.put(text, value)
        return 0

    def _get(self, _target: str, text: str) -> int:
        entry = self.table.find(int(parse_ip(text)))
        if entry is None:
            raise xmlrpc.client.Fault(-503, "No value defined for specified IP(s).")
        return VALUES[entry.value]

    def _set_limit(self, _target: str, limit: int) -> int:
        self.limit = limit // 1024 * 1024
        return 0


def _id(each: SimulatedPeer) -> str:
    number = int(each.address) & 0xFFFFFFFFFFFFFFFFFFFFFFFF
    return f"2D5142343532302D{number:024X}"


def _row(each: SimulatedPeer) -> Row:
    return {**peer(each.ip, port=each.port, up_total=each.uploaded), "id": _id(each)}


def _joined(wanted: str, prefix: str, row: Row) -> str:
    """What `cat=$d.hash=,|,$d.name=` makes of a row."""
    assert wanted.startswith("cat=")
    parts = wanted.removeprefix("cat=").split(",")
    return "".join(
        str(row[part.removeprefix(f"${prefix}.").removesuffix("=")]) if part[0] == "$" else part
        for part in parts
    )


class ScgiServer:
    """Speaks SCGI at one port, or at one socket file."""

    def __init__(self, fake: FakeRTorrent, file: Path | None = None) -> None:
        self.fake = fake
        self.file = file
        self.raw: bytes | None = None
        """Sent instead of an answer."""
        self.hangs = False
        self.heads: list[bytes] = []
        self._port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"scgi://{self.file}" if self.file else f"scgi://127.0.0.1:{self._port}"

    async def start(self) -> None:
        if self.file is not None:
            self._server = await asyncio.start_unix_server(self._serve, self.file)
            return
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            size = int((await reader.readuntil(b":"))[:-1])
            head = await reader.readexactly(size + 1)
            self.heads.append(head)
            fields = head[:-2].split(b"\0")
            named = dict(zip(fields[::2], fields[1::2], strict=True))
            body = await reader.readexactly(int(named[b"CONTENT_LENGTH"]))
            if self.hangs:
                await reader.read()  # until the other side has had enough
            answer = self.fake.answer(body)
            top = b"Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
            writer.write(top % len(answer) + answer if self.raw is None else self.raw)
            await writer.drain()
        self._writers.discard(writer)
        writer.close()


class Site:
    """A web server that asks for a password and passes `/RPC2` on."""

    def __init__(self, fake: FakeRTorrent, password: str = PASSWORD) -> None:
        self.fake = fake
        self.password = password
        self.status = 0
        """Instead of an answer; 0 for none."""
        self.refused = 0
        self.server = Server(self._handle)

    @property
    def url(self) -> str:
        return f"{self.server.url}/RPC2"

    async def _handle(self, request: web.Request) -> web.Response:
        if self.status:
            return web.Response(status=self.status)
        token = base64.b64encode(f"user:{self.password}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {token}":
            self.refused += 1
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="rpc"'})
        if request.path != "/RPC2":
            return web.Response(status=404)
        body = self.fake.answer(await request.read())
        return web.Response(body=body, content_type="text/xml")


@asynccontextmanager
async def fake_rtorrent() -> AsyncIterator[FakeRTorrent]:
    """One in whose swarm time passes."""
    fake = FakeRTorrent()
    async with living(fake.swarm):
        yield fake
