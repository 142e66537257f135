"""A Deluge behind its deluge-web: reference/downloaders.md 6 and 11.3 to the letter, over real HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from aiohttp import web

from app.domain.address import IPAddress
from tests.adapters.downloaders.deluge.filter import FakeLibtorrent, plugin_module
from tests.adapters.downloaders.simulated import Server, SimulatedPeer, SimulatedSwarm, living

PASSWORD: Final = "deluge"
HASH: Final = "aabbccddeeff00112233445566778899aabbccdd"
SIZE: Final = 3_000_000
RATE: Final = 65_536
ADAPTER: Final = "PeerBanHelperAdapter"
OURS: Final = "PeerWarden"
HOST: Final = ["0123", "127.0.0.1", 58846, "localclient"]
_WEB: Final = ("auth.check_session", "auth.login", "auth.delete_session", "web.connected")
_JOINING: Final = ("web.get_hosts", "web.get_host_status", "web.connect", "web.disconnect")
_FLAGS: Final = 1 << 2 | 1 << 4 | 1 << 9
"""Remotely interested, extensions, on parole: in libtorrent's places."""


class Refusal(Exception):
    """An error of JSON-RPC."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class FakeDeluge:
    """Its attributes may be changed at any time; it counts what it is asked."""

    version = "2.0.3"
    status = "Online"
    """Of its daemon, while it runs."""
    refuses_web = False
    """Whether the daemon does not let deluge-web in."""
    is_joined = False
    """Whether deluge-web is connected to the daemon; `seems_joined` is what it says of that."""
    seems_joined = False
    knows_methods = False
    """Whether it has ever been let in."""
    is_running = True
    has_bare_magnet = False
    """One that is active and has no metadata yet."""
    is_active = True
    takes_eggs = True
    own_version = 0
    """Of our plugin; `bans` is what it holds, `instance` another one with each start."""
    instance = 0
    bans: Any = None
    block_list: list[str] | None = None
    """What the Blocklist plugin has read since its start."""
    port = 6881
    label = ""
    _is_serving = False

    def __init__(self, *, enabled: Iterable[str] = ()) -> None:
        self.password = PASSWORD
        self.available = {"Blocklist", "Label", ADAPTER}
        self.enabled = set(enabled)
        self.hosts = [HOST]
        self.sessions: set[str] = set()
        self.adapter_ips: set[str] = set()
        """What PBH's plugin keeps."""
        self.uploaded: list[str] = []
        """Names of eggs."""
        self.block_config: dict[str, Any] = {"url": "", "whitelisted": []}
        self.cached: list[str] = []
        self.config: dict[str, Any] = {"max_upload_speed": -1.0, "listen_ports": [6881, 6891]}
        self.trackers: list[dict[str, Any]] = []
        self.failures: dict[str, tuple[int, str]] = {}
        """Code and message by method, instead of a result."""
        self.calls: Counter[str] = Counter()
        self.log: list[tuple[str, list[Any]]] = []
        self.libtorrent = FakeLibtorrent()
        self.swarm = SimulatedSwarm(self.allows)
        self.server = Server(self._handle)

    def allows(self, ip: IPAddress) -> bool:
        return self.libtorrent.allows(ip)

    async def start(self) -> None:
        """All of it, or the daemon alone after a crash."""
        self.swarm.is_up = self.is_running = True
        self.swarm.total = 0
        self.instance += 1
        if not self._is_serving:
            await self.server.start()
            self._is_serving = True

    async def stop(self) -> None:
        """As its end does: sessions, rules and the connection of the two are gone."""
        self._die()
        self.sessions.clear()
        self._is_serving = False
        await self.server.stop()

    async def kill(self) -> None:
        """The daemon alone."""
        self._die()

    def _die(self) -> None:
        self.swarm.is_up = self.is_running = self.is_joined = self.seems_joined = False
        self.libtorrent = FakeLibtorrent()
        self.block_list = None
        if self.bans is not None:
            self.bans = plugin_module("bans").Bans(self.libtorrent)
        for ip in self.adapter_ips:
            self._rule([ip], 1)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Content-Type") != "application/json":
            return _failed(Refusal(5, "Invalid JSON request content-type"))
        asked = json.loads(await request.text())
        session = request.cookies.get("_session_id", "")
        try:
            result = await self._answer(session, asked["method"], asked["params"])
        except Refusal as refusal:
            return _failed(refusal)
        answer = web.json_response({"id": asked["id"], "result": result, "error": None})
        if asked["method"] == "auth.login" and result:
            answer.set_cookie("_session_id", max(self.sessions), path="/json")
        return answer

    async def _answer(self, session: str, method: str, params: list[Any]) -> Any:  # noqa: ANN401
        self.calls[method] += 1
        self.log.append((method, params))
        if method == "auth.check_session":
            return session in self.sessions
        if method == "auth.login":
            if params != [self.password]:
                return False
            self.sessions.add(f"session-{len(self.log):06}")
            return True
        if session not in self.sessions:
            raise Refusal(1, "Not authenticated")
        if method in self.failures:
            raise Refusal(*self.failures[method])
        if method == "auth.delete_session":
            self.sessions.discard(session)
            return True
        if method.startswith(("web.", "system.")):
            return self._of_web(method, params)
        if method not in self._methods():
            raise Refusal(2, "Unknown method")
        if not self.is_joined:
            await asyncio.Event().wait()  # what nobody ever answers
        handler = getattr(self, f"_{method.replace('.', '_')}")
        found = handler(*params)
        return await found if asyncio.iscoroutine(found) else found

    def _of_web(self, method: str, params: list[Any]) -> Any:  # noqa: ANN401 - JSON
        match method:
            case "system.listMethods":
                return [*_WEB, *_JOINING, "web.get_config", *self._methods()]
            case "web.connected":
                return self.seems_joined
            case "web.get_hosts":
                return self.hosts
            case "web.get_host_status":
                if not self.is_running or params[0] != HOST[0]:
                    return [params[0], "Offline", ""]
                return [params[0], "Connected" if self.is_joined else self.status, self.version]
            case "web.connect":
                self.seems_joined = True
                if self.refuses_web:
                    return None
                self.is_joined = self.knows_methods = True
                return self._methods()
            case "web.disconnect":
                self.is_joined = self.seems_joined = False
                return "Connection was closed cleanly."
        raise Refusal(3, "Unknown system method")

    def _methods(self) -> list[str]:
        """Those that deluge-web passes on; it knows them from its last daemon."""
        if not self.knows_methods:
            return []
        prefixes = ("core", "daemon", *(plugin.lower() for plugin in self.enabled))
        names = (name for name in dir(self) if name.startswith(tuple(f"_{p}_" for p in prefixes)))
        return [name[1:].replace("_", ".", 1) for name in names]

    def _daemon_get_version(self) -> str:
        return self.version

    def _core_get_enabled_plugins(self) -> list[str]:
        return sorted(self.enabled)

    def _core_get_available_plugins(self) -> list[str]:
        return sorted(self.available)

    def _core_enable_plugin(self, name: str) -> bool:
        if name not in self.available:
            return False
        if name == OURS and name not in self.enabled:
            self.own_version = max(self._versions())
            self.instance += 1
            self.bans = plugin_module("bans").Bans(self.libtorrent)
        self.enabled.add(name)
        return True

    def _core_disable_plugin(self, name: str) -> bool:
        self.enabled.discard(name)
        if name == OURS and self.bans is not None:
            self.bans.replace([], [])
        return True

    def _core_upload_plugin(self, name: str, content: str) -> None:
        if self.takes_eggs:
            with zipfile.ZipFile(io.BytesIO(b64decode(content))) as egg:
                assert f"Name: {OURS}" in egg.read("EGG-INFO/PKG-INFO").decode()
            self.available.add(OURS)
        self.uploaded.append(name)

    def _versions(self) -> list[int]:
        found = (re.fullmatch(rf"{OURS}-(\d+)\.egg", name) for name in self.uploaded)
        return [int(match[1]) for match in found if match]

    def _core_rescan_plugins(self) -> None:
        pass

    def _core_get_torrents_status(self, wanted: Any, keys: list[str]) -> dict[str, Any]:  # noqa: ANN401
        assert wanted == {}
        rate = RATE * len(self.swarm.connected)
        torrent = {
            "name": "A torrent",
            "hash": HASH,
            "state": "Seeding",
            "progress": 100.0,
            "total_size": SIZE,
            "total_done": SIZE,
            "total_uploaded": self.swarm.total,
            "upload_payload_rate": rate,
            "download_payload_rate": 0,
            "private": False,
            "tracker_host": "tracker.example",
            "peers": [self._core_peer(each) for each in self.swarm.connected],
        }
        if "Label" in self.enabled:
            torrent["label"] = self.label
        bare = {"name": "a magnet", "progress": 0.0, "total_size": 0, "private": False, "peers": []}
        told = {HASH: torrent} | ({"ab" * 20: bare} if self.has_bare_magnet else {})
        return {each: {k: v for k, v in of.items() if k in keys} for each, of in told.items()}

    def _core_peer(self, each: SimulatedPeer) -> dict[str, Any]:
        return {
            "client": "Xunlei 0.0.1.2",
            "country": "",
            "down_speed": 0,
            "ip": f"{each.ip}:{each.port}",
            "progress": 0.25,
            "seed": 0,
            "up_speed": RATE,
        }

    def _core_get_session_status(self, keys: list[str]) -> dict[str, Any]:
        return dict.fromkeys(keys, self.swarm.total)

    def _core_get_config_values(self, keys: list[str]) -> dict[str, Any]:
        return {key: self.config[key] for key in keys}

    def _core_set_config(self, changes: dict[str, Any]) -> None:
        self.config |= changes
        self.port = self.config["listen_ports"][0]

    def _core_get_listen_port(self) -> int:
        return self.port

    def _core_get_torrent_status(self, torrent_id: str, keys: list[str]) -> dict[str, Any]:
        assert keys == ["trackers"]
        if torrent_id != HASH:
            return {}
        extra = {"fails": 0, "verified": False, "message": "", "last_error": {"value": 0}}
        return {"trackers": [extra | each for each in self.trackers]}

    def _core_set_torrent_trackers(self, torrent_id: str, trackers: list[dict[str, Any]]) -> None:
        assert torrent_id == HASH
        self.trackers = trackers

    def _label_get_labels(self) -> list[str]:
        return [self.label]

    def _peerbanhelperadapter_get_active_torrents_info(self) -> list[dict[str, Any]]:
        if self.has_bare_magnet:
            raise Refusal(4, "Failure: 'NoneType' object has no attribute 'priv'\nTraceback")
        if not self.is_active:
            return []
        torrent = {
            "id": HASH,
            "name": "A torrent",
            "info_hash": HASH,
            "progress": 100.0,
            "size": SIZE,
            "priv": False,
            "upload_payload_rate": 0,
            "download_payload_rate": 0,
            "peers": [self._adapter_peer(each) for each in self.swarm.connected],
        }
        return [torrent]

    def _adapter_peer(self, each: SimulatedPeer) -> dict[str, Any]:
        return {
            "ip": each.ip,
            "port": each.port,
            "peer_id": b"-XL0012-abcdefghijkl".hex(),
            "client_name": "Xunlei 0.0.1.2",
            "payload_up_speed": RATE,
            "payload_down_speed": 0,
            "total_upload": each.uploaded,
            "total_download": 0,
            "progress": 0.2305,
            "flags": _FLAGS,
            "source": 1 << 5,
            "rtt": 3,
        }

    def _peerbanhelperadapter_get_torrents_info(self) -> list[dict[str, Any]]:
        return []

    def _peerbanhelperadapter_get_blocklist(self) -> dict[str, Any]:
        return {"size": len(self.adapter_ips), "ips": sorted(self.adapter_ips)}

    def _peerbanhelperadapter_replace_blocklist(self, ips: list[str]) -> dict[str, Any]:
        self._check(ips)
        self.libtorrent.filter.rules.clear()
        self.adapter_ips = set(ips)
        self._rule(ips, 1)
        return {}

    def _peerbanhelperadapter_ban_ips(self, ips: list[str]) -> dict[str, Any]:
        self._check(ips)
        fresh = set(ips) - self.adapter_ips
        self.adapter_ips |= fresh
        self._rule(fresh, 1)
        return {}

    def _peerbanhelperadapter_unban_ips(self, ips: list[str]) -> dict[str, Any]:
        known = set(ips) & self.adapter_ips
        self.adapter_ips -= known
        self._rule(known, 0)
        return {}

    def _check(self, ips: list[str]) -> None:
        if any("/" in ip for ip in ips):
            raise Refusal(4, "Failure: Invalid argument")

    def _rule(self, ips: Iterable[str], flag: int) -> None:
        rules = self.libtorrent.get_ip_filter()
        for ip in ips:
            rules.add_rule(ip, ip, flag)
        self._use(rules)

    def _use(self, rules: Any) -> None:  # noqa: ANN401 - a filter
        self.libtorrent.set_ip_filter(rules)
        self._drop()

    def _drop(self) -> None:
        """A new filter drops whom it blocks at once."""
        self.swarm.drop(*(each for each in self.swarm.connected if not self.allows(each.address)))

    def _peerwarden_get_version(self) -> int:
        return self.own_version

    def _peerwarden_get_peers(self) -> dict[str, Any]:
        rows = [self._own_row(each) for each in self.swarm.connected]
        return {"instance": str(self.instance), "bans": len(self.bans), "peers": {HASH: rows}}

    def _own_row(self, each: SimulatedPeer) -> list[Any]:
        peer_id = b"-XL0012-abcdefghijkl".hex()
        counted = [230_500, each.uploaded, 0, RATE, 0]
        return [each.ip, each.port, peer_id, "Xunlei 0.0.1.2", *counted, _FLAGS, 1 << 5]

    def _peerwarden_change_bans(self, added: list[str], removed: list[str]) -> int:
        self.bans.change(added, removed)
        self._drop()
        return len(self.bans)

    def _peerwarden_replace_bans(self, wanted: list[str], left: list[str]) -> int:
        self.bans.replace(wanted, left)
        self._drop()
        return len(self.bans)

    def _blocklist_get_config(self) -> dict[str, Any]:
        return {"load_on_start": False, "timeout": 180, **self.block_config}

    def _blocklist_set_config(self, changes: dict[str, Any]) -> None:
        before = set(self.block_config["whitelisted"])
        self.block_config |= changes
        after = set(self.block_config["whitelisted"])
        if after - before and self.block_list is None:
            raise Refusal(4, "Failure: 'Core' object has no attribute 'blocklist'")
        if before - after:
            self._import(self.cached)

    def _blocklist_get_status(self) -> dict[str, Any]:
        return {"state": "Idle", "num_blocked": len(self.block_list or ()), "num_whited": 0}

    async def _blocklist_check_import(self, force: bool) -> str | None:  # noqa: FBT001 - as theirs
        assert force
        if not self.block_config["url"]:
            return None
        async with httpx.AsyncClient() as client:
            try:
                text = (await client.get(self.block_config["url"])).raise_for_status().text
                self.cached = text.splitlines()
            except httpx.HTTPError:
                pass  # it takes its old copy, and says nothing
        if any(line.count(":") > 1 for line in self.cached):
            raise Refusal(4, "Failure: IPv6")
        self._import(self.cached)
        return "/blocklist.cache"

    def _import(self, lines: list[str]) -> None:
        self.block_list = list(lines)
        rules = self.libtorrent.get_ip_filter()
        for line in lines:
            first, _, last = line.rpartition(":")[2].partition("-")
            rules.add_rule(first, last, 1)
        for ip in self.block_config["whitelisted"]:
            rules.add_rule(ip, ip, 0)
        self._use(rules)


def _failed(refusal: Refusal) -> web.Response:
    error = {"message": refusal.message, "code": refusal.code}
    return web.json_response({"id": None, "result": None, "error": error})


@asynccontextmanager
async def fake_deluge(*enabled: str) -> AsyncIterator[FakeDeluge]:
    """One that runs, with a swarm that lives."""
    fake = FakeDeluge(enabled=enabled)
    await fake.start()
    try:
        async with living(fake.swarm):
            yield fake
    finally:
        await fake.stop()
