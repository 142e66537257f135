"""A real transmission-daemon under test, with a profile of its own.

python -m tests.integration.transmission_daemon [VERSION]

starts one with a torrent in the lab's namespace (`python -m tests.swarm up`), for trying by hand.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import signal
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.integration.daemon_process import DaemonFailed, Place, Release
from tests.integration.real_daemon import LOOPBACK, PASSWORD, RealDaemon
from tests.integration.roots import TESTING
from tests.swarm.namespace import HOST, LAB
from tests.swarm.torrent import MIB, LabTorrent, make_torrent
from tests.swarm.waiting import wait_for

USER = "admin"
SEED_LIMIT = 20.0
CONFLICT = 409
SEEDING = 6
PEER_LIMIT = 2000
"""Of each torrent."""
_SESSION_ID = "X-Transmission-Session-Id"

TRANSMISSIONS = (
    Release(version="3.00", program="transmission-daemon"),
    Release(version="4.1.3", program="transmission-daemon", root=TESTING),
)


class TransmissionDaemon(RealDaemon):
    """One transmission-daemon; it runs while used as a context, and can be stopped in between.

    In a namespace it listens on all addresses there, else on loopback alone. Its RPC is at `url`,
    for programs inside and outside of the namespace alike.
    """

    def __init__(self, release: Release, place: Place, **settings: object) -> None:
        """Prepare it; `settings` go over ours in settings.json, with `_` for `-`."""
        super().__init__(release, place)
        self.seeded: dict[str, LabTorrent] = {}
        """By info hash."""
        self._settings = {name.replace("_", "-"): value for name, value in settings.items()}
        self._http = httpx.Client(timeout=30, auth=(USER, PASSWORD))

    def _prepare(self, exits: contextlib.ExitStack) -> None:
        exits.callback(self._http.close)
        self.port = self._open_port(exits)
        self._write_config()

    @property
    def url(self) -> str:
        """Of its web server."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it and wait until all its torrents are seeded again; raises `DaemonFailed`."""
        self._run(["-f", "-g", self.process.inside(self.profile)], self.answers)
        self._wait_for_seeds()

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; raises `DaemonFailed`."""
        metainfo = base64.b64encode(torrent.metainfo.read_bytes()).decode()
        folder = self.process.inside(torrent.metainfo.parent)
        self.call("torrent-add", metainfo=metainfo, **{"download-dir": folder})
        self.seeded[torrent.info_hash] = torrent
        self._wait_for_seeds()

    def answers(self) -> bool:
        """Whether its RPC does."""
        try:
            self.call("session-get")
        except httpx.HTTPError:
            return False
        return True

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """One call; raises `DaemonFailed` and `HTTPError`."""
        body = {"method": method, "arguments": arguments}
        answer = self._http.post(f"{self.url}/transmission/rpc", json=body)
        if answer.status_code == CONFLICT:
            self._http.headers[_SESSION_ID] = answer.headers[_SESSION_ID]
            answer = self._http.post(f"{self.url}/transmission/rpc", json=body)
        found: dict[str, Any] = answer.raise_for_status().json()
        if found["result"] != "success":
            raise DaemonFailed(f"{method}: {found['result']}")
        arguments_back: dict[str, Any] = found["arguments"]
        return arguments_back

    def torrent(self, torrent: LabTorrent, *fields: str) -> dict[str, Any]:
        """What it says of one torrent."""
        answer = self.call("torrent-get", ids=[torrent.info_hash], fields=fields)
        (found,) = answer["torrents"]
        return dict(found)

    def setting(self, name: str) -> object:
        """One of its settings, in its own words."""
        return self.call("session-get")[name]

    def set(self, **values: object) -> None:
        """Change some of its settings, in its own words with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.call("session-set", **named)

    def _wait_for_seeds(self) -> None:
        if not wait_for(self._seeds_all, SEED_LIMIT):
            rows = self.call("torrent-get", fields=["name", "status", "percentDone", "errorString"])
            raise DaemonFailed(f"it does not seed all: {rows} {self.process.log()}")

    def _seeds_all(self) -> bool:
        fields = ["hashString", "percentDone", "status"]
        rows = self.call("torrent-get", fields=fields)["torrents"]
        for row in rows:
            # After a crash it may not know what it has, nor that it was started.
            if row["status"] not in (1, 2) and row["percentDone"] < 1:
                self.call("torrent-verify", ids=[row["hashString"]])
            elif row["status"] == 0:
                self.call("torrent-start", ids=[row["hashString"]])
        ready = {row["hashString"] for row in rows if row["status"] == SEEDING}
        return ready >= self.seeded.keys()

    def _write_config(self) -> None:
        bound = ("0.0.0.0", "::") if self.place.namespace else (LOOPBACK, "::1")
        own: dict[str, object] = {
            "bind-address-ipv4": bound[0],
            "bind-address-ipv6": bound[1],
            "dht-enabled": False,
            "download-dir": self.process.inside(self.place.torrents),
            "download-queue-enabled": False,
            "encryption": 0,
            "idle-seeding-limit-enabled": False,
            "incomplete-dir-enabled": False,
            "lpd-enabled": False,
            "peer-limit-global": 4000,
            "peer-limit-per-torrent": PEER_LIMIT,
            "peer-port": self.bt_port,
            "pex-enabled": False,
            "port-forwarding-enabled": False,
            "queue-stalled-enabled": False,
            "ratio-limit-enabled": False,
            "rpc-authentication-required": True,
            "rpc-bind-address": LOOPBACK,
            "rpc-enabled": True,
            "rpc-host-whitelist-enabled": False,
            "rpc-password": PASSWORD,
            "rpc-port": self.port,
            "rpc-username": USER,
            "rpc-whitelist-enabled": False,
            "start-added-torrents": True,
            "upload-slots-per-torrent": 2000,
            "utp-enabled": False,
        }
        text = json.dumps(own | self._settings, indent=4)
        (self.profile / "settings.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Run one daemon until it is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    releases = {release.version: release for release in TRANSMISSIONS}
    parser = argparse.ArgumentParser(prog="python -m tests.integration.transmission_daemon")
    parser.add_argument("version", nargs="?", choices=releases, default="3.00")
    parser.add_argument("--mib", type=int, default=64, help="size of its torrent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerwarden-lab-") as folder:
        place = Place(shared=Path(folder), namespace=LAB if LAB.handle.exists() else None)
        torrent = make_torrent(place.torrents, "lab00", options.mib * MIB)
        with TransmissionDaemon(releases[options.version], place) as daemon:
            daemon.seed(torrent)
            print(f"RPC {daemon.url} as {USER} / {PASSWORD}")
            print(f"peers {HOST if place.namespace else LOOPBACK}:{daemon.bt_port}")
            print(f"torrents {place.torrents}", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()
