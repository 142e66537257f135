"""Real daemons under test, each with a profile of its own; so far qBittorrent in three versions.

python -m tests.integration.daemons [VERSION]

starts one with a torrent in the lab's namespace (`python -m tests.swarm up`), for trying by hand.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.integration.daemon_process import DaemonFailed, DaemonProcess, Place, Release
from tests.integration.qbittorrent_client import USER, QBittorrentClient
from tests.integration.roots import TESTING, TRIXIE
from tests.swarm.gate import Gate
from tests.swarm.namespace import HOST, LAB
from tests.swarm.torrent import MIB, LabTorrent, make_torrent
from tests.swarm.waiting import wait_for

PASSWORD = "labpass123"
LOOPBACK = "127.0.0.1"
START_LIMIT = 30.0
QBITTORRENT_PORT = 26881
"""What stands for qBittorrent in scenarios."""

QBITTORRENTS = (
    Release(version="4.5.2", program="qbittorrent-nox"),
    Release(version="5.1.0", program="qbittorrent-nox", root=TRIXIE),
    Release(version="5.3.0", program="qbittorrent-nox", root=TESTING),
)


class QBittorrentDaemon:
    """One qbittorrent-nox; it runs while used as a context, and can be stopped in between.

    In a namespace it listens on all addresses there, else on loopback alone. Its WebUI is at `url`,
    for programs inside and outside of the namespace alike.
    """

    def __init__(
        self, release: Release, place: Place, *, up_limit: int = 0, password: str = PASSWORD
    ) -> None:
        """Prepare it; `up_limit` is in KiB per second for all peers together, 0 for no limit."""
        self.release = release
        self.place = place
        self.password = password
        self.profile = Path(tempfile.mkdtemp(prefix="qbittorrent-", dir=place.shared))
        self.process = DaemonProcess(release, place, self.profile / "log")
        self.bt_port = free_port()
        self.port = 0
        """Of its WebUI, known once it runs."""
        self._up_limit = up_limit
        self._client: QBittorrentClient | None = None
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            exits.callback(shutil.rmtree, self.profile)
            gate = exits.enter_context(Gate(self.place.namespace)) if self.place.namespace else None
            self.port = gate.port if gate else free_port()
            self._client = exits.enter_context(QBittorrentClient(self.url, self.password))
            self._write_config()
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
        """Of its WebUI."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api(self) -> QBittorrentClient:
        """A session with it; raises `DaemonFailed` before it was started."""
        if self._client is None:
            raise DaemonFailed("it was never started")
        return self._client

    def start(self) -> None:
        """Start it and log in; raises `DaemonFailed`."""
        self.process.start([f"--profile={self.process.inside(self.profile)}"])
        ready = wait_for(lambda: self.api.log_in() or not self.process.is_running, START_LIMIT)
        if not ready or not self.process.is_running:
            raise DaemonFailed(f"{self.release} does not answer: {self.process.log()}")

    def stop(self) -> None:
        """End it as a user would; may be repeated."""
        self.process.stop()

    def kill(self) -> None:
        """End it at once, as a crash would; may be repeated."""
        self.process.kill()

    def restart(self) -> None:
        """Stop it and start it again with the same profile and ports."""
        self.stop()
        self.start()

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; raises `DaemonFailed`."""
        self.api.add(torrent, self.process.inside(torrent.metainfo.parent))

    def _write_config(self) -> None:
        config = self.profile / "qBittorrent" / "config" / "qBittorrent.conf"
        config.parent.mkdir(parents=True)
        # RefreshInterval: how often it looks at its torrents anew, in milliseconds.
        # IgnoreLimitsOnLAN=false: rate limits bind peers on loopback, too.
        # ResolvePeerCountries=false: else it wants to fetch a list of countries.
        text = f"""[LegalNotice]
Accepted=true

[BitTorrent]
Session\\AddTorrentPaused=false
Session\\BTProtocol=TCP
Session\\DHTEnabled=false
Session\\PeXEnabled=false
Session\\LSDEnabled=false
Session\\DefaultSavePath={self.process.inside(self.place.torrents)}
Session\\GlobalUPSpeedLimit={self._up_limit}
Session\\IgnoreLimitsOnLAN=false
Session\\IncludeOverheadInLimits=false
Session\\Interface=
Session\\InterfaceAddress={"" if self.place.namespace else LOOPBACK}
Session\\MaxConnections=-1
Session\\MaxConnectionsPerTorrent=-1
Session\\MaxUploads=-1
Session\\MaxUploadsPerTorrent=-1
Session\\MultiConnectionsPerIp=true
Session\\Port={self.bt_port}
Session\\QueueingSystemEnabled=false
Session\\SocketBacklogSize=200
Session\\RefreshInterval=500

[Network]
PortForwardingEnabled=false

[Preferences]
Connection\\ResolvePeerCountries=false
General\\Locale=en
WebUI\\Address={LOOPBACK}
WebUI\\Port={self.port}
WebUI\\Username={USER}
WebUI\\Password_PBKDF2={_stored(self.password)}
WebUI\\LocalHostAuth=true
WebUI\\UseUPnP=false
"""
        config.write_text(text, encoding="utf-8")


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _stored(password: str) -> str:
    """Return qBittorrent's form: salt and PBKDF2-HMAC-SHA512 of 100,000 rounds, 64 bytes."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 100_000, 64)
    return f'"@ByteArray({base64.b64encode(salt).decode()}:{base64.b64encode(key).decode()})"'


def main() -> None:
    """Run one daemon until it is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    releases = {release.version: release for release in QBITTORRENTS}
    parser = argparse.ArgumentParser(prog="python -m tests.integration.daemons")
    parser.add_argument("version", nargs="?", choices=releases, default="4.5.2")
    parser.add_argument("--up-limit", type=int, default=0, help="KiB per second, 0 for no limit")
    parser.add_argument("--mib", type=int, default=64, help="size of its torrent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerwarden-lab-") as folder:
        place = Place(shared=Path(folder), namespace=LAB if LAB.handle.exists() else None)
        torrent = make_torrent(place.torrents, "lab00", options.mib * MIB)
        release = releases[options.version]
        with QBittorrentDaemon(release, place, up_limit=options.up_limit) as daemon:
            daemon.seed(torrent)
            print(f"WebUI {daemon.url} as {USER} / {daemon.password}")
            print(f"peers {HOST if place.namespace else LOOPBACK}:{daemon.bt_port}")
            print(f"torrents {place.torrents}", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()
