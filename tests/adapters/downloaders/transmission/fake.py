"""A Transmission in miniature: its RPC in the older dialect over HTTP, and a swarm that comes to it.

It follows reference/downloaders.md 5, 11.2 and 11.7: what 3.00, 4.0 and 4.1 do differently depends on `version`.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp import web

USER, PASSWORD = "admin", "labpass123"
SESSION_ID = "X-Transmission-Session-Id"
EXAMPLE = "http://www.example.com/blocklist"
PULSE = 0.05
"""Seconds in which it lets go of peers; the real one takes up to half of one."""
SIZE = 32 * 1024 * 1024
_numbers = itertools.count(1)


@dataclass
class FakePeer:
    """One that comes, and comes again."""

    ip: str
    port: int = field(default_factory=lambda: 20_000 + next(_numbers))
    connected: bool = False
    refused: bool = False
    uploaded: int = 0
    client: str = "Xunlei 0.0.1.2"
    pace: int = 16_384
    """Bytes that it is given between two looks."""

    def wire(self, *, modern: bool) -> dict[str, Any]:
        """As it is told."""
        self.uploaded += self.pace
        told: dict[str, Any] = {
            "address": self.ip,
            "port": self.port,
            "clientName": self.client,
            "flagStr": "TUEI",
            "progress": 0.25,
            "rateToClient": 0,
            "rateToPeer": 200_000,
        }
        if modern:
            peer_id = base64.b64encode(b"-XL0012-abcdefghijkl").decode()
            told |= {"peer_id": peer_id, "bytes_to_client": 0, "bytes_to_peer": self.uploaded}
        return told


@dataclass
class FakeTorrent:
    """One that it seeds."""

    id: int
    hash: str
    limit: int = 60
    peers: list[FakePeer] = field(default_factory=list)
    trackers: list[tuple[int, int, str]] = field(default_factory=list)
    """Id, tier and URL."""
    private: bool = False
    labels: list[str] = field(default_factory=list)
    emptied_at: float = 0.0

    @property
    def connected(self) -> list[FakePeer]:
        return [peer for peer in self.peers if peer.connected]


class FakeTransmission:
    """One daemon; its torrents and settings outlive a restart, as on disk."""

    def __init__(self, version: str = "4.1.3 (3c6e3e2fd5)") -> None:
        self.version = version
        self.torrents = [FakeTorrent(1, "a" * 40)]
        self.settings: dict[str, Any] = {
            "blocklist-enabled": False,
            "blocklist-url": EXAMPLE,
            "peer-port": 51_413,
            "speed-limit-up": 100,
            "speed-limit-up-enabled": False,
            "alt-speed-up": 50,
            "units": {"speed-bytes": 1000},
        }
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.requests = 0
        self.wrong_logins = 0
        self.banned: list[tuple[int, int, int]] = []
        self.failing: dict[str, str] = {}
        """What a method answers instead of success."""
        self.broken: dict[str, bytes] = {}
        """What a method answers instead of anything sensible."""
        self.statuses: list[int] = []
        """What the next requests are answered, whoever asks."""
        self.gives_back = asyncio.Event()
        """Limits of peers other than 0 wait for it."""
        self.gives_back.set()
        self.session_id = ""
        self.runs = 0
        self.began = 0.0
        self.url = ""
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.partition(" ")[0].split("."))

    def named(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    async def start(self) -> None:
        """Listen, where it listened before."""
        self.runs += 1
        self.began = time.monotonic()
        self.session_id = f"session-{next(_numbers)}"
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """End, with all connections; may be repeated."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for torrent in self.torrents:
            for peer in torrent.peers:
                peer.connected = False

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests += 1
        if self.statuses:
            return web.Response(status=self.statuses.pop(0), headers={SESSION_ID: self.session_id})
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.wrong_logins >= 100:
            return web.Response(status=403, text="<p>Too many unsuccessful login attempts.</p>")
        if request.headers.get("Authorization") != f"Basic {login}":
            self.wrong_logins += 1
            return web.Response(
                status=401, headers={"WWW-Authenticate": 'Basic realm="Transmission"'}
            )
        self.wrong_logins = 0
        if request.path != "/transmission/rpc":
            return web.Response(status=404)
        if request.headers.get(SESSION_ID) != self.session_id:
            return web.Response(status=409, headers={SESSION_ID: self.session_id})
        body = await request.json()
        method, arguments = body["method"], body.get("arguments", {})
        self.calls.append((method, arguments))
        if method in self.broken:
            return web.Response(body=self.broken[method])
        result: str | dict[str, Any] = self.failing.get(method) or await self._call(
            method, arguments
        )
        told = (
            {"result": result, "arguments": {}}
            if isinstance(result, str)
            else {"result": "success", "arguments": result}
        )
        return web.Response(text=json.dumps(told), content_type="application/json")

    async def _call(self, method: str, arguments: dict[str, Any]) -> str | dict[str, Any]:
        self.pulse()
        match method:
            case "session-get":
                known = self.settings | {"version": self.version}
                return {name: known[name] for name in arguments.get("fields", known)}
            case "session-set":
                self.settings |= arguments
                return {}
            case "session-stats":
                totals = {"uploadedBytes": 12_345, "downloadedBytes": 678}
                now = int(time.monotonic() - self.began)
                return {
                    "cumulative-stats": totals | {"sessionCount": self.runs, "secondsActive": 99},
                    "current-stats": totals | {"sessionCount": 1, "secondsActive": now},
                }
            case "blocklist-update":
                return await self.update()
            case "torrent-get":
                return self._tell(arguments)
            case "torrent-set":
                if arguments.get("peer-limit"):
                    await self.gives_back.wait()
                for torrent in self._chosen(arguments):
                    self._change(torrent, arguments)
                return {}
        return "method name not recognized"

    def pulse(self) -> None:
        """Let its swarm do what it has done since the last time."""
        for torrent in self.torrents:
            if torrent.limit == 0:
                if time.monotonic() - torrent.emptied_at >= PULSE:
                    for peer in torrent.peers:
                        peer.connected = False
                continue
            for peer in torrent.peers:
                refused = self.bans(peer.ip)
                peer.refused = refused and not peer.connected
                peer.connected = peer.connected or not refused

    def bans(self, ip: str) -> bool:
        """Whether its list has `ip`."""
        if not self.banned:
            return False
        address = ip_address(ip)
        version, number = address.version, int(address)
        return any(version == kind and first <= number <= last for kind, first, last in self.banned)

    async def update(self) -> str | dict[str, Any]:
        """Fetch the list; what it answers."""
        url = self.settings["blocklist-url"]
        try:
            async with aiohttp.ClientSession() as client, client.get(url) as answer:
                body = await answer.text()
        except aiohttp.ClientError:
            return "gotNewBlocklist: http error 0: No Response"
        if answer.status != 200:
            return f"gotNewBlocklist: http error {answer.status}: {answer.reason}"
        if not body:
            return "Error uncompressing blocklist: buffer error (-5)"
        self.banned = []
        for line in body.splitlines():
            first, _, last = line.partition(":")[2].partition("-")
            start, end = ip_address(first), ip_address(last)
            if start.version == 4 or self.numbers >= (4, 0):
                self.banned.append((start.version, int(start), int(end)))
        if self.numbers >= (4, 1):
            for torrent in self.torrents:
                for peer in torrent.peers:
                    peer.connected = peer.connected and not self.bans(peer.ip)
        return {"blocklist-size": len(self.banned)}

    def _chosen(self, arguments: dict[str, Any]) -> list[FakeTorrent]:
        ids = arguments.get("ids")
        return [each for each in self.torrents if ids is None or each.id in ids or each.hash in ids]

    def _tell(self, arguments: dict[str, Any]) -> dict[str, Any]:
        fields = arguments["fields"]
        told = [self._told(torrent, fields) for torrent in self._chosen(arguments)]
        if arguments.get("format") == "table":
            return {"torrents": [fields, *([row[name] for name in fields] for row in told)]}
        return {"torrents": told}

    def _told(self, torrent: FakeTorrent, fields: list[str]) -> dict[str, Any]:
        modern = self.numbers >= (4, 1)
        known = {
            "id": torrent.id,
            "hashString": torrent.hash,
            "name": "lab00.bin",
            "totalSize": SIZE,
            "haveValid": SIZE,
            "percentDone": 1,
            "uploadedEver": sum(peer.uploaded for peer in torrent.peers),
            "rateUpload": 1000 * len(torrent.connected),
            "rateDownload": 0,
            "isPrivate": torrent.private,
            "labels": torrent.labels,
            "peer-limit": torrent.limit,
            "peersConnected": len(torrent.connected),
            "trackers": [
                {"id": key, "tier": tier, "announce": url} for key, tier, url in torrent.trackers
            ],
        }
        if "peers" in fields:
            known["peers"] = [peer.wire(modern=modern) for peer in torrent.connected]
        return {name: known[name] for name in fields}

    def _change(self, torrent: FakeTorrent, arguments: dict[str, Any]) -> None:
        if "peer-limit" in arguments:
            torrent.limit = arguments["peer-limit"]
            torrent.emptied_at = time.monotonic()
        rows = torrent.trackers
        if "trackerList" in arguments and self.numbers >= (4, 0):
            tiers = arguments["trackerList"].split("\n\n")
            rows[:] = [
                (next(_numbers), tier, url)
                for tier, text in enumerate(tiers)
                for url in text.split("\n")
                if url
            ]
        for url in arguments.get("trackerAdd", ()):
            tier = max((tier for _, tier, _ in rows), default=-1) + 1
            if url not in {known for _, _, known in rows}:
                rows.append((next(_numbers), tier, url))
        removed = arguments.get("trackerRemove", ())
        rows[:] = [row for row in rows if row[0] not in removed]


@asynccontextmanager
async def running(version: str = "4.1.3 (3c6e3e2fd5)") -> AsyncIterator[FakeTransmission]:
    """One that answers."""
    fake = FakeTransmission(version)
    await fake.start()
    try:
        yield fake
    finally:
        await fake.stop()


async def until(holds: Callable[[], object], *, seconds: float = 5.0) -> None:
    """Wait until `holds` answers true."""
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)
