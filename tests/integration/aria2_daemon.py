"""A real aria2 under test, and a small blocking client of its JSON-RPC that shares no code with the program."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from tests.integration.daemon_process import DaemonFailed, DaemonProcess, Place, Release
from tests.integration.daemons import LOOPBACK, PASSWORD, START_LIMIT, free_port
from tests.swarm.gate import Gate
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

ARIA2S: Final = (Release(version="1.36.0", program="aria2c"),)


class Aria2Daemon:
    """One aria2c; it runs while used as a context, and can be stopped in between.

    It keeps no list of its downloads: what it seeds stands in the command line of each start.
    """

    def __init__(self, release: Release, place: Place, *, secret: str = PASSWORD) -> None:
        self.release = release
        self.place = place
        self.secret = secret
        self.profile = Path(tempfile.mkdtemp(prefix="aria2-", dir=place.shared))
        self.process = DaemonProcess(release, place, self.profile / "log")
        self.bt_port = free_port()
        self.port = 0
        """Of its RPC, known once it runs."""
        self._torrents: list[LabTorrent] = []
        self._http = httpx.Client(timeout=30)
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            exits.callback(shutil.rmtree, self.profile)
            exits.enter_context(self._http)
            gate = exits.enter_context(Gate(self.place.namespace)) if self.place.namespace else None
            self.port = gate.port if gate else free_port()
            exits.callback(self.stop)
            self.start()
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exits.close()

    @property
    def url(self) -> str:
        """Of its RPC."""
        return f"http://{LOOPBACK}:{self.port}/jsonrpc"

    def start(self) -> None:
        """Start it with the torrents that it had; raises `DaemonFailed`."""
        torrents = [self.process.inside(each.metainfo) for each in self._torrents]
        self.process.start([*self._arguments(), *torrents])
        ready = wait_for(lambda: self._answers() or not self.process.is_running, START_LIMIT)
        if not ready or not self.process.is_running:
            raise DaemonFailed(f"{self.release} does not answer: {self.process.log()}")

    def stop(self) -> None:
        """End it as a user would; may be repeated."""
        self.process.stop()

    def kill(self) -> None:
        """End it at once, as a crash would; may be repeated."""
        self.process.kill()

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
