"""A qBittorrent whose torrents, peers and bans a test sets one by one; it counts what it is asked."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.serving import serving

NOW = 1_700_000_000_000


def settings(endpoint: str, **changes: Any) -> DownloaderSettings:  # noqa: ANN401 - its fields
    """What a user has entered."""
    given = {"username": "admin", "password": Secret("adminadmin"), **changes}
    return DownloaderSettings(id="qb", endpoint=endpoint, **given)


def opened(endpoint: str, **changes: Any) -> QBittorrent:  # noqa: ANN401 - as above
    """A downloader for the server at `endpoint`."""
    return QBittorrent(settings(endpoint, **changes), surroundings(clock=lambda: NOW))


def peer(ip: str, port: int = 6881, **changes: object) -> dict[str, Any]:
    """One peer, idle and known by name."""
    return {
        "client": "qBittorrent/4.6.0",
        "connection": "BT",
        "country": "China",
        "country_code": "CN",
        "dl_speed": 0,
        "downloaded": 0,
        "files": "",
        "flags": "u I H E P",
        "flags_desc": "",
        "ip": ip,
        "peer_id_client": "-qB4600-",
        "port": port,
        "progress": 0.5,
        "relevance": 0,
        "up_speed": 0,
        "uploaded": 0,
        **changes,
    }


class Scripted:
    """The server; every attribute may be changed at any time."""

    def __init__(self) -> None:
        self.version = "v5.3.0"
        self.torrents: dict[str, dict[str, Any]] = {}
        self.peers: dict[str, dict[str, dict[str, Any]]] = {}
        self.properties: dict[str, dict[str, Any]] = {}
        self.preferences: dict[str, Any] = {
            "banned_IPs": "",
            "enable_multi_connections_from_same_ip": False,
        }
        self.totals: dict[str, Any] = {"up_info_data": 0, "dl_info_data": 0}
        self.drops: set[str] = set()
        """Entries that it silently leaves out of its ban list."""
        self.statuses: dict[str, int] = {}
        """Status by path, instead of an answer."""
        self.hangs: set[str] = set()
        """Hashes about which it never answers."""
        self.calls: Counter[str] = Counter()
        self.asked: list[str] = []
        """Hashes whose peers were asked for, since the test last cleared it."""
        self.written: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._rid = 0
        self._sent: dict[str, dict[str, Any]] = {}

    def add(self, torrent_id: str, *peers: dict[str, Any], **changes: object) -> None:
        """A resting torrent that seeds."""
        self.torrents[torrent_id] = {
            "name": torrent_id,
            "total_size": 1000,
            "size": 1000,
            "progress": 1,
            "completed": 1000,
            "upspeed": 0,
            "dlspeed": 0,
            "uploaded": 0,
            "downloaded": 0,
            "num_leechs": len(peers),
            "num_seeds": 0,
            "category": "",
            "tags": "",
            "tracker": "",
            "private": False,
            "piece_size": 100,
            "pieces_have": 10,
            **changes,
        }
        self.connect(torrent_id, *peers)

    def connect(self, torrent_id: str, *peers: dict[str, Any]) -> None:
        """Show just these peers from now on."""
        self.peers[torrent_id] = {_key(each): each for each in peers}

    def forget(self) -> None:
        """Lose what was sent to whom, as a restart does."""
        self._rid, self._sent = 0, {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v2/")
        self.calls[path] += 1
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if path in self.statuses:
            return web.Response(status=self.statuses[path])
        values = dict(await request.post() if request.method == "POST" else request.query)
        if values.get("hash") in self.hangs:
            await asyncio.Event().wait()
        return self._answer(path, {name: str(value) for name, value in values.items()})

    def _answer(self, path: str, values: dict[str, str]) -> web.Response:  # noqa: PLR0911 - one a path
        match path:
            case "app/buildInfo":
                return web.json_response({"libtorrent": "2.0.8.0"})
            case "app/version":
                return web.Response(text=self.version)
            case "app/preferences":
                return web.json_response(self.preferences)
            case "app/setPreferences":
                self._set(json.loads(values["json"]))
                return web.Response()
            case "transfer/banPeers":
                items = [item.rpartition(":")[0].strip("[]") for item in values["peers"].split("|")]
                self._ban([*self.preferences["banned_IPs"].split(), *items])
                return web.Response()
            case "sync/maindata":
                return web.json_response(self._main(int(values["rid"])))
            case "torrents/info":
                return web.json_response(self._active())
            case "sync/torrentPeers":
                self.asked.append(values["hash"])
                return self._found(self.peers, values["hash"], "peers")
            case "torrents/properties":
                return self._found(self.properties, values["hash"], None)
        return web.Response(status=404)

    def _found(self, where: dict[str, Any], torrent_id: str, name: str | None) -> web.Response:
        if torrent_id not in where:
            return web.Response(status=404)
        answer = where[torrent_id]
        return web.json_response({name: answer, "rid": 1} if name else answer)

    def _set(self, changes: dict[str, Any]) -> None:
        self.written.append(changes)
        self.preferences |= changes
        if "banned_IPs" in changes:
            self._ban(changes["banned_IPs"].split("\n"))

    def _ban(self, entries: list[str]) -> None:
        kept = {entry for entry in entries if entry and entry not in self.drops}
        self.preferences["banned_IPs"] = "\n".join(sorted(kept))

    def _active(self) -> list[dict[str, Any]]:
        return [
            {"hash": key, **value}
            for key, value in self.torrents.items()
            if value["upspeed"] or value["dlspeed"]
        ]

    def _main(self, rid: int) -> dict[str, Any]:
        before, is_known = self._sent, rid > 0 and rid == self._rid
        self._rid += 1
        self._sent = {key: dict(value) for key, value in self.torrents.items()}
        answer: dict[str, Any] = {"rid": self._rid, "server_state": self.totals}
        if not is_known:
            return answer | {"full_update": True, "torrents": self._sent}
        changed = {
            key: {k: v for k, v in value.items() if before.get(key, {}).get(k) != v}
            for key, value in self._sent.items()
        }
        answer["torrents"] = {key: value for key, value in changed.items() if value}
        answer["torrents_removed"] = [key for key in before if key not in self._sent]
        return answer


@asynccontextmanager
async def scripted() -> AsyncIterator[tuple[Scripted, str]]:
    """A server and its URL."""
    server = Scripted()
    async with serving(server.handle) as url:
        yield server, url


def _key(shown: dict[str, Any]) -> str:
    if "ip" not in shown:
        return str(shown["i2p_dest"])
    ip = shown["ip"]
    return f"[{ip}]:{shown['port']}" if ":" in ip else f"{ip}:{shown['port']}"
