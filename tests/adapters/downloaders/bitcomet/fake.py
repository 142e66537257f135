"""A BitComet with remote access: reference/downloaders.md 8 to the letter, over real HTTP.

It opens the sealed credential by itself, and takes filters over in its own time.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from app.domain.address import InvalidAddress, IPAddress, Prefix, parse_block
from tests.adapters.downloaders.bitcomet.unsealing import BadSeal, unseal
from tests.adapters.downloaders.simulated import Server, SimulatedPeer, SimulatedSwarm, living

USER, PASSWORD = "admin", "pässword"
TASK: Final = "17"
HASH: Final = "00112233445566778899aabbccddeeff00112233"
SIZE: Final = 4_000_000
_DELAY: Final = 0.1
"""Seconds until an uploaded filter is in force."""


def summary(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A task that is complete; members are changed by their names, wherever they stand."""
    told: dict[str, Any] = {
        "error_code": "ok",
        "task": {
            "task_id": TASK,
            "task_name": "A task",
            "selected_downloaded_size": SIZE,
            "upload_rate": 0,
            "download_rate": 0,
        },
        "task_detail": {
            "infohash": HASH,
            "infohash_v2": None,
            "total_size": SIZE,
            "torrent_private": False,
        },
        "task_status": {"download_permillage": 1000},
    }
    for name, value in changes.items():
        place = next(p for p in told.values() if isinstance(p, dict) and name in p)
        place[name] = value
    return told


def peer(ip: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """One connected peer, idle."""
    return {
        "ip": ip,
        "client_type": "qBittorrent/4.6.0",
        "flag": "",
        "remote_port": 6881,
        "listen_port": 6881,
        "permillage": 250,
        "dl_rate": 0,
        "up_rate": 0,
        "dl_size": 0,
        "up_size": 0,
        "peer_id": b"-qB4600-abcdefghijkl".hex(),
        "group": "peers_connected",
        **changes,
    }


class FakeBitComet:
    """Its attributes may be changed at any time; it counts what it is asked."""

    def __init__(self) -> None:
        self.version = "2.21"
        self.users = {USER: PASSWORD}
        self.tasks: dict[str, dict[str, Any]] = {TASK: summary()}
        self.types: dict[str, str] = {}
        """Of tasks that are no BT ones."""
        self.peers: dict[str, list[dict[str, Any]] | None] = {}
        """Of tasks beside the one with the swarm."""
        self.filter = {"enable_ipfilter": True, "ipfilter_mode": "blacklist"}
        self.filter_is_fixed = False
        """Whether its user has forbidden to change that."""
        self.tells_filter = True
        self.takes_filters = True
        """Whether an uploaded filter ever comes into force."""
        self.lines: list[str] = []
        self.task_bans: set[str] = set()
        self.connection: dict[str, Any] = {
            "max_download_speed": 204_800,
            "max_upload_speed": 0,
            "listen_port_tcp": 12_345,
            "enable_listen_tcp": True,
        }
        self.trackers = ["DHT Network", "udp://tracker.example:1/announce", "http://b.example/a"]
        self.token = ""
        self.statuses: dict[str, int] = {}
        """Status by path, instead of an answer."""
        self.codes: dict[str, str] = {}
        """Error code by path, instead of an answer."""
        self.calls: Counter[str] = Counter()
        self.asked: list[tuple[str, str]] = []
        """What was asked of which task."""
        self.uploads: list[list[str]] = []
        self.unbanned: list[list[str]] = []
        self.device: dict[str, Any] = {}
        self.opened: list[bytes] = []
        """The texts of all credentials."""
        self.pause = 0.0
        """Seconds before each answer."""
        self.running = self.most_running = 0
        self.swarm = SimulatedSwarm(self.allows)
        self.swarm.each_moment = self._take_over
        self.server = Server(self._handle)
        self._entries: list[Prefix] = []
        self._coming: tuple[float, list[str]] | None = None
        self.invitation = ""

    def put(self, lines: list[str]) -> None:
        """Have these in force at once."""
        self.lines, self._entries = list(lines), []
        for line in lines:
            try:
                self._entries.append(parse_block(line))
            except InvalidAddress:
                continue
        dropped = [each for each in self.swarm.connected if not self.allows(each.address)]
        self.task_bans.update(str(each.address) for each in dropped)
        self.swarm.drop(*dropped)

    def allows(self, ip: IPAddress) -> bool:
        if not self.filter["enable_ipfilter"]:
            return True
        inside = any(ip.version == entry.version and ip in entry for entry in self._entries)
        return not inside and str(ip) not in self.task_bans

    def _take_over(self) -> None:
        if self._coming is not None and self.takes_filters and self._coming[0] < time.monotonic():
            lines, self._coming = self._coming[1], None
            self.put(lines)

    async def start(self) -> None:
        self.swarm.is_up = True
        await self.server.start()

    async def stop(self) -> None:
        self.swarm.is_up = False
        await self.server.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(self.pause)
            return await self._handle_one(request)
        finally:
            self.running -= 1

    async def _handle_one(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/")
        self.calls[path] += 1
        if path in self.statuses:
            return web.Response(status=self.statuses[path], text="<html>no</html>")
        if path in self.codes:
            return web.json_response({"error_code": self.codes[path], "error_message": "made up"})
        if (
            request.method != "POST"
            or request.content_type != "application/json"
            or request.headers.get("Client-Type") != "BitComet WebUI"
        ):
            return web.Response(status=400)
        body = await request.json()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if path == "api/webui/login":
            return web.json_response(self._log_in(body))
        if path == "api/device_token/get":
            return web.json_response(self._name_device(token, body))
        if not self.token or token != self.token:
            return web.Response(status=401, text="Unauthorized")
        answer = self._answer(path, body)
        return web.Response(status=404) if answer is None else web.json_response(answer)

    def _log_in(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            text = unseal(base64.b64decode(body["authentication"]), body["client_id"])
        except BadSeal:
            return {"error_code": "AUTHENTICATION_ERROR", "error_message": "cannot be read"}
        self.opened.append(text)
        given = json.loads(text)
        if self.users.get(given["username"]) != given["password"]:
            return {"error_code": "PASSWORD_ERROR", "error_message": "wrong"}
        self.invitation = self.invitation or f"invite-{self.calls['api/webui/login']}"
        return {
            "error_code": "ok",
            "error_message": "",
            "invite_token": self.invitation,
            "version": self.version,
        }

    def _name_device(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        if token != self.invitation or body["invite_token"] != self.invitation:
            return {"error_code": "TOKEN_ERROR"}
        self.device = body
        self.token = f"device-{self.calls['api/device_token/get']}"
        return {
            "device_token": self.token,
            "server_id": "s",
            "server_name": "fake",
            "version": self.version,
        }

    def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        match path:
            case "api_v2/task_list/get":
                listed = [
                    {"task_id": each, "type": self.types.get(each, "BT")} for each in self.tasks
                ]
                return {"error_code": "ok", "tasks": listed}
            case "api/statistics_list/get":
                return {"value_list": list(filter(None, map(self._figure, body["token_list"])))}
        if path.startswith("api/task/"):
            return self._of_task(path, body)
        if path.startswith("api/config/ipfilter/"):
            return self._filtering(path.removeprefix("api/config/ipfilter/"), body)
        if path == "api/config/connection/get":
            return {"error_code": "ok", "connection_config": self.connection}
        if path == "api/config/connection/set":
            self.connection |= body["connection_config"]
            return {"error_code": "ok"}
        return None

    def _figure(self, token: str) -> dict[str, Any] | None:
        mark = "$" if self.version < "2.21" else ""
        known = {
            f"{mark}{{G_TOTAL_UPLOAD_BYTE}}": str(5_000_000 + self.swarm.total),
            f"{mark}{{G_TOTAL_DOWNLOAD_BYTE}}": "7000000",
        }
        return {"token": token, "value": known[token]} if token in known else None

    def _of_task(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == "api/task/peers/unban_peers":
            assert body["unban_range"] == "unban_peers_in_all_tasks"
            self.unbanned.append(body["ip_list"])
            self.task_bans.difference_update(body["ip_list"])
            return {"error_code": "ok"}
        task_id = body["task_id"]
        assert isinstance(task_id, str)
        self.asked.append((path, task_id))
        if task_id not in self.tasks:
            return {"error_code": "TASK_NOT_FOUND", "error_message": "no such task"}
        match path:
            case "api/task/summary/get":
                told = self.tasks[task_id]
                if task_id != TASK:
                    return told
                rate = 65_536 * len(self.swarm.connected)
                return told | {"task": told["task"] | {"upload_rate": rate}}
            case "api/task/peers/get":
                return {"error_code": "ok", "peers": self._peers(task_id)}
            case "api/task/trackers/get":
                return {"error_code": "ok", "trackers": [{"name": n} for n in self.trackers]}
        return {"error_code": "NOT_FOUND"}

    def _peers(self, task_id: str) -> list[dict[str, Any]] | None:
        shown = list(self.peers.get(task_id) or ())
        if task_id == TASK:
            shown += map(_shown, self.swarm.connected)
        return shown or None

    def _filtering(self, what: str, body: dict[str, Any]) -> dict[str, Any] | None:
        match what:
            case "get":
                return {"error_code": "ok", "ip_filter_config": dict(self.filter)}
            case "set":
                if self.filter_is_fixed:
                    return {"error_code": "NOT_ALLOWED"}
                self.filter |= body["ip_filter_config"]
                return {"error_code": "ok"}
            case "upload":
                assert (body["import_type"], body["data_type"]) == ("replace", "data_file")
                lines = base64.b64decode(body["content_base64"]).decode().splitlines()
                self.uploads.append(lines)
                self._coming = time.monotonic() + _DELAY, lines
                return {"error_code": "ok"}
            case "download" if self.tells_filter:
                content = base64.b64encode("\n".join(self.lines).encode()).decode()
                return {"error_code": "ok", "content_base64": content}
        return None


def _shown(each: SimulatedPeer) -> dict[str, Any]:
    if each.ticks < 1:  # nothing is known of it yet
        return peer(each.ip, client_type=None, peer_id=None, dl_size=None, up_size=None)
    ip = f"[{each.ip}]:{each.port}" if ":" in each.ip else f"{each.ip}:{each.port}"
    return peer(ip, up_size=each.uploaded, up_rate=65_536, dl_size=None)


@asynccontextmanager
async def fake_bitcomet() -> AsyncIterator[FakeBitComet]:
    """One that runs, with a swarm that lives."""
    fake = FakeBitComet()
    await fake.start()
    try:
        async with living(fake.swarm):
            yield fake
    finally:
        await fake.stop()
