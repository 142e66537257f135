"""A BiglyBT, or a Vuze, with the adapter plugin: reference/downloaders.md 7 to the letter, over real HTTP."""

from __future__ import annotations

import ipaddress
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from app.domain.address import InvalidAddress, IPAddress, Prefix, parse_prefix
from tests.adapters.downloaders.simulated import Server, SimulatedPeer, SimulatedSwarm, living

TOKEN: Final = "0b7c2a4e-token"
HASH: Final = "aabbccddeeff00112233445566778899aabbccdd"
SIZE: Final = 3_000_000
NAME: Final = "PeerBanHelper-BiglyBT-Adapter"


def java(ip: str) -> str:
    """An address as Java's InetAddress writes it: IPv6 in full, without leading zeros."""
    address = ipaddress.ip_address(ip)
    if address.version == 4:
        return str(address)
    return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":"))


def download(torrent_hash: str = HASH, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A private-less torrent that seeds; members of `torrent` and `stats` are changed by their names."""
    torrent = {
        "name": "file in the torrent",
        "infoHash": torrent_hash,
        "size": SIZE,
        "creationDate": 0,
        "createdBy": None,
        "pieceSize": 16_384,
        "pieceCount": 184,
        "decentralized": False,
        "privateTorrent": False,
        "complete": True,
    }
    stats = {
        "status": "Seeding",
        "completedInThousandNotation": 1000,
        "downloadedBytes": SIZE,
        "remainingBytes": 0,
        "remainingBytesExcludingDND": 0,
        "uploaded": 0,
        "discarded": 0,
        "rtDownloadSpeed": 0,
        "rtUploadSpeed": 0,
        "hashFails": 0,
        "shareRatioInThousandNotation": 0,
        "availability": 1.0,
        "health": 4,
    }
    told = {
        "state": 5,
        "subState": 0,
        "flags": 0,
        "torrent": torrent,
        "forceStart": False,
        "paused": False,
        "name": "A torrent",
        "categoryName": None,
        "tags": [],
        "position": 1,
        "creationTime": 0,
        "stats": stats,
        "complete": True,
        "checking": False,
        "moving": False,
        "downloadPeerIdISO88591": "2d425a333630302d",
        "removed": False,
        "trackers": [["http://tracker.example/announce"]],
    }
    for name, value in changes.items():
        place = next((part for part in (told, torrent, stats) if name in part), told)
        place[name] = value
    return told


def peer(ip: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """One connected peer, idle."""
    return {
        "state": 30,
        "peerId": b"-qB4600-abcdefghijkl".hex(),
        "ip": java(ip),
        "port": 6881,
        "tcpListenPort": 6881,
        "udpListenPort": 0,
        "client": "qBittorrent/4.6.0",
        "seed": False,
        "snubbed": False,
        "choked": True,
        "choking": False,
        "interested": True,
        "interesting": False,
        "incoming": True,
        "optimisticUnchoke": False,
        "percentDoneInThousandNotation": 250,
        "stats": {"rtDownloadSpeed": 0, "rtUploadSpeed": 0, "totalSent": 0, "totalReceived": 0},
        "peerSource": "Incoming",
        "useCrypto": False,
        "protocol": "TCP",
        "isPBHThrottled": False,
        "peerSupportedMessages": [],
        **changes,
    }


class FakeBiglyBT:
    """Its attributes may be changed at any time; it counts what it is asked."""

    def __init__(self, product: str = "BiglyBT") -> None:
        self.metadata: dict[str, Any] = {
            "pluginVersion": "1.3.0",
            "applicationVersion": "3.6.0.0" if product == "BiglyBT" else "5.7.7.0",
            "applicationName": product,
            "azureusName": "BiglyBT" if product == "BiglyBT" else "Azureus",
        }
        self.server_name = NAME
        self.token = TOKEN
        self.downloads: dict[str, dict[str, Any]] = {HASH: download()}
        self.peers: dict[str, list[dict[str, Any]]] = {}
        """Of torrents beside the one with the swarm."""
        self.bans: dict[Prefix, None] = {}
        self.filter: dict[Prefix, None] = {}
        """What its user bans in the client itself."""
        self.refuses: set[str] = set()
        """Entries that it fails to take."""
        self.sent = 5_000_000
        self.limits = {"upload": 0, "download": 200}
        """KiB per second."""
        self.port = 51_413
        self.statuses: dict[str, int] = {}
        """Status by path, instead of an answer."""
        self.calls: Counter[str] = Counter()
        self.asked: list[str] = []
        """Hashes whose peers were asked for."""
        self.written: list[tuple[str, str, Any]] = []
        self.connector: dict[str, str] = {}
        self.swarm = SimulatedSwarm(self.allows)
        self.server = Server(self._handle)
        self._started = time.monotonic()

    def allows(self, ip: IPAddress) -> bool:
        entries = (*self.bans, *self.filter)
        return not any(ip.version == entry.version and ip in entry for entry in entries)

    async def start(self) -> None:
        self._started = time.monotonic()
        self.swarm.is_up = True
        await self.server.start()

    async def stop(self) -> None:
        """As its end does: what the plugin keeps in memory is gone."""
        self.swarm.is_up = False
        self.bans.clear()
        await self.server.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/")
        self.calls[f"{request.method} {path}"] += 1
        headers = {"Server": self.server_name}
        if path in self.statuses:
            return web.json_response(
                {"msg": "made to fail"}, status=self.statuses[path], headers=headers
            )
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"msg": "Unauthorized"}, status=403, headers=headers)
        body = await request.text()
        if request.method != "GET":
            self.written.append((request.method, path, body))
        status, answer = self._answer(request, path, body)
        if status == 200 and answer is None:
            return web.Response(headers=headers)
        response = web.json_response(answer, status=status, headers=headers)
        response.enable_compression()
        return response

    def _answer(self, request: web.Request, path: str, body: str) -> tuple[int, Any]:
        if path.startswith("download/"):
            return self._of_download(request, path.split("/")[1:], body)
        match request.method, path:
            case "GET", "metadata":
                return 200, self.metadata
            case "POST", "setconnector":
                self.connector = json.loads(body)
                return 200, None
            case "GET", "statistics":
                return 200, {
                    "overallDataBytesReceived": 7_000_000,
                    "overallDataBytesSent": self.sent + self.swarm.total,
                    "sessionUptimeSeconds": int(time.monotonic() - self._started),
                    "smoothedReceiveRate": 0,
                }
            case "GET", "downloads":
                states = set(map(int, request.query.getall("filter", [])))
                told = [self._told(each) for each in self.downloads.values()]
                return 200, [each for each in told if not states or each["state"] in states]
            case _, "bans":
                return 200, self._banning(request, body)
            case _, "speedlimiter" | "listenport":
                return 200, self._settings(path, body)
        return 404, {"msg": "Not Found"}

    def _of_download(self, request: web.Request, parts: list[str], body: str) -> tuple[int, Any]:
        found = self.downloads.get(parts[0])
        if found is None:
            return 404, {"msg": "Download not found"}
        match request.method, parts[1:]:
            case "GET", []:
                return 200, self._told(found)
            case "GET", ["peers"]:
                self.asked.append(parts[0])
                if found["state"] == 7:
                    return 404, {"msg": "Download not running"}
                return 200, self._peers(parts[0])
            case "PATCH", ["trackers"]:
                if not request.headers["Content-Type"].startswith("text/plain"):
                    return 500, {"msg": "unexpected content type"}
                tiers = (tier.split("\n") for tier in body.split("\n\n"))
                found["trackers"] = [list(filter(None, tier)) for tier in tiers]
                return 200, None
        return 404, {"msg": "Not Found"}

    def _told(self, found: dict[str, Any]) -> dict[str, Any]:
        if found["torrent"] is None or found["torrent"]["infoHash"] != HASH:
            return found
        rate = 65_536 * len(self.swarm.connected)
        stats = found["stats"] | {"uploaded": self.swarm.total, "rtUploadSpeed": rate}
        return found | {"stats": stats}

    def _peers(self, torrent_hash: str) -> dict[str, Any]:
        shown = list(self.peers.get(torrent_hash, ()))
        if torrent_hash == HASH:
            shown += map(self._shown, self.swarm.connected)
        return {
            "peers": shown,
            "pendingPeers": [
                {
                    "ip": "203.0.113.77",
                    "tcpPort": 1,
                    "udpPort": 0,
                    "useCrypto": False,
                    "peerSource": "DHT",
                }
            ],
            "peerStats": {"connectedSeeds": 0, "connectedLeechers": len(shown)},
            "isSeeding": True,
            "isSuperSeeding": False,
        }

    def _shown(self, each: SimulatedPeer) -> dict[str, Any]:
        if each.ticks < 1:  # it has not introduced itself yet
            return peer(each.ip, state=20, peerId=None, client=None, port=each.port)
        stats = {
            "rtDownloadSpeed": 0,
            "rtUploadSpeed": 65_536,
            "totalSent": each.uploaded,
            "totalReceived": 0,
        }
        return peer(each.ip, port=each.port, stats=stats) | {"ip": f"/{java(each.ip)}"}

    def _banning(self, request: web.Request, body: str) -> Any:  # noqa: ANN401 - JSON
        if request.method == "GET":
            everything = request.query.get("includeNonPBH") == "true"
            entries = (*self.bans, *(self.filter if everything else ()))
            return [_spelled(entry) for entry in entries]
        given = json.loads(body)
        if request.method == "PUT":
            self.bans.clear()
            if given["includeNonPBHEntries"]:
                self.filter.clear()
        outcome: Counter[str] = Counter()
        for text in given["replaceWith"] if request.method == "PUT" else given["ips"]:
            is_done = self._change(request.method, text)
            outcome["success" if is_done else "failed"] += 1
        return {"success": outcome["success"], "failed": outcome["failed"]}

    def _change(self, method: str, text: str) -> bool:
        try:
            entry = parse_prefix(text)
        except InvalidAddress:
            return False
        if method == "DELETE":
            return self.bans.pop(entry, False) is None
        if text in self.refuses:
            return False
        self.bans[entry] = None
        # By the letter: a block drops nobody, and neither does another spelling.
        self.swarm.drop(*(each for each in self.swarm.connected if java(each.ip) == text))
        return True

    def _settings(self, path: str, body: str) -> Any:  # noqa: ANN401 - JSON
        if path == "listenport":
            if body:
                self.port = json.loads(body)["port"]
            return {"port": self.port}
        if body:
            given = json.loads(body)
            self.limits = {name: max(0, given[name]) // 1024 for name in self.limits}
        return {name: rate * 1024 for name, rate in self.limits.items()}


def _spelled(entry: Prefix) -> str:
    text = java(str(entry.network_address))
    return text if entry.prefixlen == entry.max_prefixlen else f"{text}/{entry.prefixlen}"


@asynccontextmanager
async def fake_biglybt(product: str = "BiglyBT") -> AsyncIterator[FakeBiglyBT]:
    """One that runs, with a swarm that lives."""
    fake = FakeBiglyBT(product)
    await fake.start()
    try:
        async with living(fake.swarm):
            yield fake
    finally:
        await fake.stop()
