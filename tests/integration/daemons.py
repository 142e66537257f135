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
import signal
import tempfile
from pathlib import Path

from tests.integration.daemon_process import DaemonFailed, Place, Release
from tests.integration.qbittorrent_client import USER, QBittorrentClient
from tests.integration.real_daemon import LOOPBACK, PASSWORD, RealDaemon
from tests.integration.roots import TESTING, TRIXIE
from tests.swarm.namespace import HOST, LAB
from tests.swarm.torrent import MIB, LabTorrent, make_torrent

QBITTORRENT_PORT = 26881
"""What stands for qBittorrent in scenarios."""

QBITTORRENTS = (
    Release(version="4.5.2", program="qbittorrent-nox"),
    Release(version="5.1.0", program="qbittorrent-nox", root=TRIXIE),
    Release(version="5.3.0", program="qbittorrent-nox", root=TESTING),
)


class QBittorrentDaemon(RealDaemon):
    """One qbittorrent-nox; it runs while used as a context, and can be stopped in between.

    In a namespace it listens on all addresses there, else on loopback alone. Its WebUI is at `url`,
    for programs inside and outside of the namespace alike.
    """

    def __init__(
        self, release: Release, place: Place, *, up_limit: int = 0, password: str = PASSWORD
    ) -> None:
        """Prepare it; `up_limit` is in KiB per second for all peers together, 0 for no limit."""
        super().__init__(release, place)
        self.password = password
        self._up_limit = up_limit
        self._client: QBittorrentClient | None = None

    def _prepare(self, exits: contextlib.ExitStack) -> None:
        self.port = self._open_port(exits)
        self._client = exits.enter_context(QBittorrentClient(self.url, self.password))
        self._write_config()

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
        self._run([f"--profile={self.process.inside(self.profile)}"], self.api.log_in)

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
