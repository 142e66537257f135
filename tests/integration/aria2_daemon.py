"""A real aria2 under test, and a small blocking client of its JSON-RPC that shares no code with the program."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import httpx

from tests.integration.daemon_process import DaemonFailed, Place, Release
from tests.integration.real_daemon import LOOPBACK, PASSWORD, START_LIMIT, RealDaemon
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

ARIA2S: Final = (Release(version="1.36.0", program="aria2c"),)


class Aria2Daemon(RealDaemon):
    """One aria2c; it runs while used as a context, and can be stopped in between.

    It keeps no list of its downloads: what it seeds stands in the command line of each start.
    """

    def __init__(self, release: Release, place: Place, *, secret: str = PASSWORD) -> None:
        super().__init__(release, place)
        self.secret = secret
        self._torrents: list[LabTorrent] = []
        self._http = httpx.Client(timeout=30)

    def _prepare(self, exits: contextlib.ExitStack) -> None:
        exits.enter_context(self._http)
        self.port = self._open_port(exits)

    @property
    def url(self) -> str:
        """Of its RPC."""
        return f"http://{LOOPBACK}:{self.port}/jsonrpc"

    def start(self) -> None:
        """Start it with the torrents that it had; raises `DaemonFailed`."""
        torrents = [self.process.inside(each.metainfo) for each in self._torrents]
        self._run([*self._arguments(), *torrents], self._answers)

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; raises `DaemonFailed`. It is restarted for that."""
        self._torrents.append(torrent)
        self.stop()
        self.start()
        if not wait_for(lambda: self._seeds(torrent), START_LIMIT):
            raise DaemonFailed(f"{torrent.name} is not seeded: {self.process.log()}")

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Ask it; raises `httpx.HTTPError`, and `DaemonFailed` when it refuses."""
        request = {
            "jsonrpc": "2.0",
            "id": "lab",
            "method": f"aria2.{method}",
            "params": [f"token:{self.secret}", *params],
        }
        answer = self._http.post(self.url, json=request).json()
        if "error" in answer:
            raise DaemonFailed(str(answer["error"]))
        return answer["result"]

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return bool(self.call("getVersion"))
        return False

    def _seeds(self, torrent: LabTorrent) -> bool:
        active = self.call("tellActive", ["infoHash", "seeder"])
        return any(
            each["infoHash"] == torrent.info_hash and each["seeder"] == "true" for each in active
        )

    def _arguments(self) -> list[str]:
        # --bt-seed-unverified: it takes the payload for complete without reading it.
        # --seed-time and --seed-ratio 0: it seeds for ever.
        address = [] if self.place.namespace else [f"--interface={LOOPBACK}"]
        return [
            "--enable-rpc",
            f"--rpc-listen-port={self.port}",
            "--rpc-listen-all=false",
            f"--rpc-secret={self.secret}",
            f"--listen-port={self.bt_port}",
            f"--dir={self.process.inside(self.place.torrents)}",
            *address,
            "--bt-seed-unverified=true",
            "--seed-ratio=0.0",
            "--bt-max-peers=0",
            "--enable-dht=false",
            "--enable-dht6=false",
            "--enable-peer-exchange=false",
            "--bt-enable-lpd=false",
            "--console-log-level=warn",
            "--no-conf=true",
        ]
