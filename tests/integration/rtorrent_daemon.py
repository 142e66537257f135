"""A real rTorrent under test, and a small blocking client of its XML-RPC that shares no code with the program."""

from __future__ import annotations

import contextlib
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any, Final

from tests.integration.daemon_process import DaemonFailed, Place, Release
from tests.integration.real_daemon import LOOPBACK, START_LIMIT, RealDaemon
from tests.integration.roots import TESTING
from tests.swarm import bencode
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

RTORRENTS: Final = (
    Release(version="0.9.8", program="rtorrent"),
    Release(version="0.16.17", program="rtorrent", root=TESTING),
)
_TIMEOUT: Final = 10.0


class RTorrentDaemon(RealDaemon):
    """One rtorrent; it runs while used as a context, and can be stopped in between.

    It is controlled at `url`, through a port by default, through a Unix socket with `by_file`.
    """

    def __init__(self, release: Release, place: Place, *, by_file: bool = False) -> None:
        super().__init__(release, place)
        self._by_file = by_file
        self._torrents: list[LabTorrent] = []

    def _prepare(self, exits: contextlib.ExitStack) -> None:
        if not self._by_file:
            self.port = self._open_port(exits)
        self._write_config()

    def _end(self) -> None:
        self.kill()

    @property
    def file(self) -> Path:
        """Its socket, seen from outside."""
        return self.profile / "rpc"

    @property
    def url(self) -> str:
        """Where its SCGI is."""
        return f"scgi://{self.file}" if self._by_file else f"scgi://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it; returns when it seeds what it had, raises `DaemonFailed`."""
        self.file.unlink(missing_ok=True)
        (self.profile / "session" / "rtorrent.lock").unlink(missing_ok=True)
        self._run(["-n", "-o", f"import={self.process.inside(self.profile)}/rc"], self._answers)
        # 0.16 turns a peer away for ten seconds that came before the torrent was there.
        for torrent in self._torrents:
            self._wait_for(torrent)

    def seed(self, torrent: LabTorrent) -> None:
        """Let it seed a torrent of its place; raises `DaemonFailed`."""
        content = bencode.decode(torrent.metainfo.read_bytes())
        assert isinstance(content, dict)
        # Without a tracker it says that all is well and loads nothing; the hash stays the same.
        content[b"announce"] = b"http://127.0.0.1:9/announce"
        raw = xmlrpc.client.Binary(bencode.encode(content))
        folder = self.process.inside(torrent.metainfo.parent)
        self.call("load.raw_start", "", raw, f'd.directory.set="{folder}"')
        self._torrents.append(torrent)
        self._wait_for(torrent)

    def remove(self, torrent: LabTorrent) -> None:
        """Let it forget `torrent` and its peers; the payload stays."""
        self._torrents.remove(torrent)
        self.call("d.erase", torrent.info_hash.upper())

    def filtered(self) -> list[str]:
        """Return its IP filter as it tells it."""
        return [str(line) for line in self.call("ipv4_filter.dump")]

    def call(self, method: str, *params: str | int | xmlrpc.client.Binary) -> Any:  # noqa: ANN401 - whatever it answers
        """Ask it; raises `OSError` when it does not answer, `xmlrpc.client.Fault` when it refuses."""
        (value,), _ = xmlrpc.client.loads(
            self.exchange(xmlrpc.client.dumps(params, method).encode())
        )
        return value

    def exchange(self, body: bytes) -> bytes:
        """Send a document and return the one that answers it, as a web server does; raises `OSError`."""
        head = b"CONTENT_LENGTH\0%d\0SCGI\0001\0" % len(body)
        answer = bytearray()
        with self._connected() as connection:
            connection.sendall(b"%d:%s,%s" % (len(head), head, body))
            while piece := connection.recv(65_536):
                answer += piece
        _, found, text = bytes(answer).partition(b"\r\n\r\n")
        if not found:
            raise ConnectionError("it hung up")
        return text

    def _connected(self) -> socket.socket:
        if not self._by_file:
            return socket.create_connection((LOOPBACK, self.port), _TIMEOUT)
        with contextlib.ExitStack() as failed:
            connection = failed.enter_context(socket.socket(socket.AF_UNIX))
            connection.settimeout(_TIMEOUT)
            connection.connect(str(self.file))
            failed.pop_all()
        return connection

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.call("system.client_version"))
        return False

    def _wait_for(self, torrent: LabTorrent) -> None:
        if not wait_for(lambda: self._seeds(torrent), START_LIMIT):
            raise DaemonFailed(f"{torrent.name} is not seeded: {self.process.log()}")

    def _seeds(self, torrent: LabTorrent) -> bool:
        with contextlib.suppress(xmlrpc.client.Fault):  # not loaded yet
            key = torrent.info_hash.upper()
            return bool(self.call("d.complete", key) and self.call("d.is_active", key))
        return False

    def _write_config(self) -> None:
        own = self.process.inside(self.profile)
        scgi = f"local = {own}/rpc" if self._by_file else f"port = {LOOPBACK}:{self.port}"
        (self.profile / "session").mkdir()
        address = "" if self.place.namespace else f"network.bind_address.set = {LOOPBACK}\n"
        text = f"""{address}system.daemon.set = true
network.scgi.open_{scgi}
network.port_range.set = {self.bt_port}-{self.bt_port}
network.port_random.set = no
dht.mode.set = disable
protocol.pex.set = no
trackers.use_udp.set = no
protocol.encryption.set = none
session.path.set = {own}/session
directory.default.set = {self.process.inside(self.place.torrents)}
throttle.max_peers.seed.set = 2000
throttle.max_uploads.set = 2000
throttle.max_uploads.global.set = 2000
"""
        (self.profile / "rc").write_text(text, encoding="utf-8")
