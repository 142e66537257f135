"""An Aria2Next, or an aria2: reference/downloaders.md 9 and 11.4 to the letter, over real HTTP."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from typing import Any, Final, TypeAlias
from urllib.parse import quote_from_bytes

from aiohttp import web

from app.domain.address import IPAddress, Prefix
from tests.adapters.downloaders.simulated import Server, SimulatedPeer, SimulatedSwarm, living

SECRET: Final = "rpc-secret"
HASH: Final = "aabbccddeeff00112233445566778899aabbccdd"
GID: Final = "2089b05ecca3d829"
SIZE: Final = 3_000_000
PIECES: Final = 64
RATE: Final = 65_536

Row: TypeAlias = dict[str, Any]


def download(gid: str = GID, **changes: object) -> Row:
    """A torrent that seeds; numbers and booleans are texts."""
    return {
        "gid": gid,
        "status": "active",
        "infoHash": HASH,
        "totalLength": str(SIZE),
        "completedLength": str(SIZE),
        "uploadLength": "0",
        "downloadSpeed": "0",
        "uploadSpeed": "0",
        "numPieces": str(PIECES),
        "connections": "0",
        "bittorrent": {
            "announceList": [["http://tracker.example/secret/announce"], ["udp://other.example"]],
            "info": {"name": "A torrent"},
            "mode": "single",
        },
        **changes,
    }


def peer(ip: str, **changes: object) -> Row:
    """One that takes data, as Aria2Next tells it."""
    return {
        "peerId": "%2DqB4520%2D%FE%00abcdefghij",
        "peerClientName": "qBittorrent/4.5.2",
        "ip": ip,
        "port": "6881",
        "bitfield": "8000000000000000",
        "amChoking": "false",
        "amInterested": "false",
        "peerChoking": "true",
        "peerInterested": "true",
        "downloadSpeed": "0",
        "uploadSpeed": str(RATE),
        "downloaded": "0",
        "uploaded": "0",
        "completedLength": "0",
        "progress": "0.015625",
        "flags": "U I",
        "incoming": "true",
        "snubbed": "false",
        "optimisticUnchoke": "false",
        "handshaking": "false",
        "seeder": "false",
        **changes,
    }


PLAIN: Final = (
    "amChoking",
    "bitfield",
    "downloadSpeed",
    "ip",
    "peerChoking",
    "peerId",
    "port",
    "seeder",
    "uploadSpeed",
)
"""All that aria2 itself says of a peer."""


class Refused(Exception):
    """A call fails; the text says why, the code is always 1."""


class FakeAria2:
    """The server; every attribute may be changed at any time."""

    def __init__(self, product: str = "aria2-next") -> None:
        self.product = product
        self.version = "2.5.5" if product else "1.36.0"
        self.session = 1
        self.secret = SECRET
        self.blocked: tuple[Prefix, ...] = ()
        self.revision = 0
        self.active: list[Row] = [download()]
        self.waiting: list[Row] = []
        self.stopped: list[Row] = []
        self.peers: dict[str, list[Row]] = {}
        self.options = {"max-overall-upload-limit": "0", "listen-port": "6881-6999"}
        self.missing: set[str] = set()
        """Methods that it has not."""
        self.swallows = 0
        """Rules that it leaves out without a word."""
        self.status = 0
        """Instead of an answer; 0 for none."""
        self.calls: Counter[str] = Counter()
        self.asked: list[str] = []
        """Gids whose peers were asked for."""
        self.swarm = SimulatedSwarm(self._allows)
        """Around the first torrent."""
        self.server = Server(self._handle)

    @property
    def url(self) -> str:
        return f"{self.server.url}/jsonrpc"

    async def restart(self) -> None:
        """Forget what one forgets that ends; it stands still until `server.start`."""
        await self.server.stop()
        self.session += 1
        self.blocked = ()

    async def _handle(self, request: web.Request) -> web.Response:
        if self.status:
            return web.Response(status=self.status)
        if request.path != "/jsonrpc" or request.method != "POST":
            return web.Response(status=404)
        asked = json.loads(await request.read())
        envelope = {"id": asked["id"], "jsonrpc": "2.0"}
        try:
            result = self._call(asked["method"], asked["params"])
        except Refused as error:
            failure = {**envelope, "error": {"code": 1, "message": str(error)}}
            return web.json_response(failure, status=400)
        return web.json_response({**envelope, "result": result})

    def _call(self, method: str, params: list[Any]) -> Any:  # noqa: ANN401 - JSON
        self.calls[method] += 1
        if method == "system.listMethods":
            return sorted(self._methods())
        if method == "system.multicall":
            return [self._wrapped(each) for each in params[0]]
        if self.secret:
            if not params or params[0] != f"token:{self.secret}":
                raise Refused("Unauthorized")
            params = params[1:]
        known = self._methods()
        if method not in known:
            raise Refused(f"No such method: {method}")
        return known[method](*params)

    def _wrapped(self, call: Row) -> Any:  # noqa: ANN401 - JSON
        try:
            return [self._call(call["methodName"], call["params"])]
        except Refused as error:
            return {"code": 1, "message": str(error)}

    def _methods(self) -> dict[str, Callable[..., Any]]:
        every: dict[str, Callable[..., Any]] = {
            "aria2.getVersion": self._tell_version,
            "aria2.getSessionInfo": lambda: {"sessionId": f"{self.session:040x}"},
            "aria2.tellActive": lambda keys: [self._shown(each, keys) for each in self.active],
            "aria2.tellWaiting": lambda *args: self._part(self.waiting, *args),
            "aria2.tellStopped": lambda *args: self._part(self.stopped, *args),
            "aria2.getPeers": self._list_peers,
            "aria2.getGlobalOption": lambda: self.options,
            "aria2.changeGlobalOption": self._change,
        }
        if self.product:
            every["aria2.setBtPeerBlocklist"] = self._block
        return {name: method for name, method in every.items() if name not in self.missing}

    def _tell_version(self) -> Row:
        found: Row = {"enabledFeatures": ["BitTorrent"], "version": self.version}
        return {**found, "product": self.product} if self.product else found

    def _shown(self, row: Row, keys: list[str]) -> Row:
        row = {**row, "connections": str(len(self._connected(row["gid"])))}
        return {key: row[key] for key in keys if key in row}

    def _part(self, rows: list[Row], *args: Any) -> list[Row]:  # noqa: ANN401 - JSON
        match args:
            case (int(offset), int(count), list(keys)):
                return [self._shown(each, keys) for each in rows[offset : offset + count]]
        raise Refused("The parameter at 0 has wrong type.")

    def _list_peers(self, gid: str) -> list[Row]:
        self.asked.append(gid)
        if not any(each["gid"] == gid for each in self.active):
            raise Refused(f"No peer data is available for GID#{gid}")
        rows = self._connected(gid)
        if self.product:
            return rows
        return [{key: row[key] for key in PLAIN} for row in rows]

    def _connected(self, gid: str) -> list[Row]:
        rows = list(self.peers.get(gid, ()))
        return rows + [_row(each) for each in self.swarm.connected] if gid == GID else rows

    def _change(self, options: dict[str, str]) -> str:
        self.options |= {
            key: value
            for key, value in options.items()
            if self.product or key != "listen-port"  # aria2 says OK and changes nothing
        }
        return "OK"

    def _block(self, rules: list[str]) -> Row:
        try:
            folded = dict.fromkeys(map(_folded, rules))
        except ValueError as error:
            raise Refused(f"Invalid BT peer blocklist rule: {error}") from error
        self.blocked = tuple(folded)[: len(folded) - self.swallows]
        self.revision += 1
        gone = [each for each in self.swarm.connected if not self._allows(each.address)]
        self.swarm.drop(*gone)
        return {
            "ruleCount": str(len(self.blocked)),
            "revision": str(self.revision),
            "disconnectedPeers": str(len(gone)),
        }

    def _allows(self, address: IPAddress) -> bool:
        return not any(address in rule for rule in self.blocked)


def _folded(rule: str) -> Prefix:
    """IPv4-mapped input becomes IPv4, and its blocks become nonsense by that."""
    host, slash, bits = rule.partition("/")
    address = ip_address(host)
    inner = getattr(address, "ipv4_mapped", None)
    return ip_network(f"{inner or address}{slash}{bits}")


def _row(each: SimulatedPeer) -> Row:
    peer_id = quote_from_bytes(b"-qB4520-" + int(each.address).to_bytes(16)[-12:])
    return peer(
        each.ip,
        port=str(each.port),
        peerId=peer_id,
        uploaded=str(each.uploaded),
    )


@asynccontextmanager
async def fake_aria2(product: str = "aria2-next") -> AsyncIterator[FakeAria2]:
    """One that serves, and in whose swarm time passes."""
    fake = FakeAria2(product)
    await fake.server.start()
    try:
        async with living(fake.swarm):
            yield fake
    finally:
        await fake.server.stop()
