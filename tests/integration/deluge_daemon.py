"""A real Deluge under test: the daemon, its deluge-web, and a small blocking client that shares no code with ours."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx

from tests.integration.daemon_process import DaemonFailed, DaemonProcess, Place, Release
from tests.integration.real_daemon import LOOPBACK, PASSWORD, START_LIMIT, RealDaemon, free_port
from tests.integration.roots import TRIXIE
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

DELUGES: Final = (
    Release(version="2.0.3", program="deluged"),
    Release(version="2.2.0", program="deluged", root=TRIXIE),
)
_WEB: Final = "deluge-web"
_HOST: Final = "lab"
_SALT: Final = "0badcafe"
_TIMEOUT: Final = 20.0
_LOOK_TIMEOUT: Final = 3.0
"""deluge-web never answers a question during which its daemon crashed."""
_STARTS: Final = 4
"""deluged 2.2.0 of Debian 13 crashes in its own thread for alerts in one of 25 starts after a kill, asked or not."""


def web_of(release: Release) -> Release:
    """The deluge-web of the same version."""
    return replace(release, program=_WEB)


class DelugeClient:
    """Calls of JSON-RPC; errors raise `DaemonFailed`."""

    def __init__(self, url: str, password: str) -> None:
        self._http = httpx.Client(trust_env=False)
        self._url, self._password = url, password

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, *params: object, timeout: float = _TIMEOUT) -> Any:  # noqa: ANN401 - a different one for each method
        """Return the result of one call."""
        body = {"id": 1, "method": method, "params": list(params)}
        answer = self._http.post(self._url, json=body, timeout=timeout).json()
        if answer["error"] is not None:
            raise DaemonFailed(f"{method}: {answer['error']}")
        return answer["result"]

    def log_in(self) -> bool:
        """Return whether there is a session with a deluge-web that finds its daemon."""
        try:
            if not self.call("auth.check_session") and not self.call("auth.login", self._password):
                return False
            status = self.call("web.get_host_status", _HOST, timeout=_LOOK_TIMEOUT)
            return str(status[1]) in ("Online", "Connected")
        except httpx.TransportError:
            return False

    def join(self) -> None:
        """Let deluge-web connect to its daemon; may be repeated."""
        if not self.call("web.connected"):
            self.call("web.connect", _HOST)
        if not wait_for(lambda: "core.get_config" in self.call("system.listMethods"), START_LIMIT):
            raise DaemonFailed("deluge-web does not connect")

    def leave(self) -> None:
        """Let it end that connection, as it is right after its start."""
        if self.call("web.connected"):
            self.call("web.disconnect")


class DelugeDaemon(RealDaemon):
    """One deluged with its deluge-web; they run while used as a context, and can be stopped in between.

    deluge-web is at `url` for programs inside and outside of the namespace alike. It outlives a crash of the daemon.
    """

    def __init__(self, release: Release, place: Place, *, password: str = PASSWORD) -> None:
        super().__init__(release, place)
        self.password = password
        self.web = DaemonProcess(web_of(release), place, self.profile / "log-web")
        self._rpc_port = free_port()
        self._client: DelugeClient | None = None

    def _prepare(self, exits: contextlib.ExitStack) -> None:
        self.port = self._open_port(exits)
        self._client = DelugeClient(f"{self.url}/json", self.password)
        exits.callback(self._client.close)
        self._write_config()

    @property
    def url(self) -> str:
        """Of deluge-web."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api(self) -> DelugeClient:
        """A session with it; raises `DaemonFailed` before it was started."""
        if self._client is None:
            raise DaemonFailed("it was never started")
        return self._client

    def start(self) -> None:
        """Start what does not run; raises `DaemonFailed`."""
        for _ in range(_STARTS):
            self._start_processes()
            answers = wait_for(self._answers, START_LIMIT)
            if not self.process.has_crashed:
                break
        if not answers or not self.process.is_running or not self.web.is_running:
            raise DaemonFailed(
                f"{self.release} does not answer: {self.process.log()} {self.web.log()}"
            )

    def stop(self) -> None:
        """End both as a user would; may be repeated."""
        self.web.stop()
        self.process.stop()

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; raises `DaemonFailed`."""
        self.api.join()
        content = base64.b64encode(torrent.metainfo.read_bytes()).decode()
        options = {
            "download_location": self.process.inside(torrent.metainfo.parent),
            "seed_mode": True,
        }
        self.api.call("core.add_torrent_file", torrent.metainfo.name, content, options)

        def seeds() -> bool:
            status = self.api.call("core.get_torrent_status", torrent.info_hash, ["state"])
            return bool(status.get("state") == "Seeding")

        if not wait_for(seeds, START_LIMIT):
            raise DaemonFailed(f"{torrent.name} is not seeded")
        self.api.leave()

    def listen(self, *, ipv6: bool) -> None:
        """Take peers of IPv4, of IPv6 as well if so; deluge-web must be connected.

        Deluge can do only one of them, but it passes the address on as it is. With both, it does not move to another
        port as a whole.
        """
        self.api.call("core.set_config", {"listen_interface": self._interfaces if ipv6 else ""})

    @property
    def _interfaces(self) -> str:
        return f"0.0.0.0:{self.bt_port},[::]" if self.place.namespace else LOOPBACK

    def _start_processes(self) -> None:
        config = self.process.inside(self.profile / "config")
        for process in (self.process, self.web):
            if not process.is_running:
                # -L none: with Python 3.11 each line that 2.0.3 logs raises inside of the logger.
                process.start(["-d", "-c", config, "-L", "none"])

    def _answers(self) -> bool:
        return not self.process.is_running or not self.web.is_running or self.api.log_in()

    def _write_config(self) -> None:
        config = self.profile / "config"
        (config / "plugins").mkdir(parents=True)
        inside = self.process.inside(config)
        core = {
            "add_paused": False,
            "allow_remote": False,
            "daemon_port": self._rpc_port,
            "dht": False,
            "download_location": self.process.inside(self.place.torrents),
            "enabled_plugins": [],
            "ignore_limits_on_local_network": False,
            "listen_interface": self._interfaces,
            "listen_ports": [self.bt_port, self.bt_port],
            "lsd": False,
            "max_active_limit": -1,
            "max_active_seeding": -1,
            "max_connections_global": -1,
            "max_connections_per_second": 200,
            "max_connections_per_torrent": -1,
            "max_upload_slots_global": -1,
            "max_upload_slots_per_torrent": -1,
            "natpmp": False,
            "new_release_check": False,
            "plugins_location": f"{inside}/plugins",
            "random_port": False,
            "send_info": False,
            "upnp": False,
            "utpex": False,
        }
        web = {
            "default_daemon": "",
            "enabled_plugins": [],
            "first_login": False,
            "https": False,
            "interface": LOOPBACK,
            "port": self.port,
            "pwd_salt": _SALT,
            # Deluge's own way to keep a password.
            "pwd_sha1": hashlib.sha1((_SALT + self.password).encode()).hexdigest(),  # noqa: S324
            "show_session_speed": False,
        }
        # deluge-web knows no daemon at another port than its own default but by this list.
        hosts = {"hosts": [[_HOST, LOOPBACK, self._rpc_port, "localclient", self.password]]}
        _write(config / "core.conf", 1, core)
        _write(config / "web.conf", 2, web)
        _write(config / "hostlist.conf", 3, hosts)
        (config / "auth").write_text(f"localclient:{self.password}:10\n", encoding="utf-8")


def _write(path: Path, version: int, content: object) -> None:
    """Two JSON objects in a row, as Deluge keeps its settings."""
    path.write_text(json.dumps({"file": version, "format": 1}) + json.dumps(content))
