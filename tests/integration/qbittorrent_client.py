"""A small blocking client of qBittorrent's API for tests; it shares no code with the program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.integration.daemon_process import DaemonFailed
from tests.swarm.torrent import LabTorrent
from tests.swarm.waiting import wait_for

USER = "admin"
SEEDING = frozenset({"uploading", "stalledUP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPeer:
    """One peer as qBittorrent shows it."""

    ip: str
    port: int
    client: str
    peer_id: str
    """The first eight characters."""
    progress: float
    uploaded: int
    flags: str


class QBittorrentClient:
    """A session of its own with one qBittorrent."""

    def __init__(self, url: str, password: str) -> None:
        self._password = password
        self._http = httpx.Client(base_url=f"{url}/api/v2/", timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def log_in(self) -> bool:
        """Open a session; False when nobody answers, raises `DaemonFailed` when refused."""
        form = {"username": USER, "password": self._password}
        try:
            answer = self._http.post("auth/login", data=form)
        except httpx.TransportError:
            return False
        # 5.2 and later answer 204 or 401, older ones 200 with a word.
        if answer.status_code != httpx.codes.NO_CONTENT and answer.text != "Ok.":
            raise DaemonFailed(f"login: {answer.status_code} {answer.text}")
        return True

    def version(self) -> str:
        """Return its version, such as 4.5.2."""
        return self.get("app/version").text.removeprefix("v")

    def add(self, torrent: LabTorrent, save_path: str | Path, *, timeout: float = 20) -> None:
        """Let it seed `torrent`; returns when it does, raises `DaemonFailed`.

        `save_path` is what it calls the folder of the payload.
        """
        form = {"savepath": str(save_path), "skip_checking": "true"}
        files = {"torrents": (torrent.metainfo.name, torrent.metainfo.read_bytes())}
        self._http.post("torrents/add", data=form, files=files).raise_for_status()
        if not wait_for(lambda: self.state(torrent) in SEEDING, timeout):
            raise DaemonFailed(f"{torrent.name} is not seeded: {self.state(torrent)}")

    def add_many(
        self, torrents: Sequence[LabTorrent], save_path: str | Path, *, timeout: float = 60
    ) -> None:
        """The same for many of one folder, faster."""
        form = {"savepath": str(save_path), "skip_checking": "true"}
        for start in range(0, len(torrents), 50):
            few = torrents[start : start + 50]
            files = [("torrents", (t.metainfo.name, t.metainfo.read_bytes())) for t in few]
            self._http.post("torrents/add", data=form, files=files).raise_for_status()

        def are_seeding() -> bool:
            rows = self.get("torrents/info").json()
            return sum(row["state"] in SEEDING for row in rows) >= len(torrents)

        if not wait_for(are_seeding, timeout):
            raise DaemonFailed(f"not all of {len(torrents)} are seeded")

    def remove(self, torrent: LabTorrent) -> None:
        """Let it forget `torrent` and its peers; the payload stays."""
        self.post("torrents/delete", hashes=torrent.info_hash, deleteFiles="false")

    def state(self, torrent: LabTorrent) -> str | None:
        """Return its word for what it does with `torrent`; None for one that it has not."""
        rows = self.get("torrents/info", hashes=torrent.info_hash).json()
        return str(rows[0]["state"]) if rows else None

    def peers(self, torrent: LabTorrent) -> list[ShownPeer]:
        """Return the peers of `torrent` that it shows now."""
        raw = self.get("sync/torrentPeers", hash=torrent.info_hash, rid="0").json()
        return [
            ShownPeer(
                ip=peer["ip"],
                port=peer["port"],
                client=peer["client"],
                peer_id=peer["peer_id_client"],
                progress=peer["progress"],
                uploaded=peer["uploaded"],
                flags=peer["flags"],
            )
            for peer in raw.get("peers", {}).values()
        ]

    def wait_for_peer(self, torrent: LabTorrent, ip: str, *, timeout: float = 10) -> ShownPeer:
        """Return the peer at `ip` once its handshakes are through; raises `DaemonFailed`."""

        def look() -> ShownPeer | None:
            return next((p for p in self.peers(torrent) if p.ip == ip and p.client), None)

        if (peer := wait_for(look, timeout)) is None:
            raise DaemonFailed(f"{ip} did not show up within {timeout} s")
        return peer

    def wait_without(self, torrent: LabTorrent, ip: str, *, timeout: float = 10) -> None:
        """Wait until no peer at `ip` is shown; raises `DaemonFailed`."""
        if not wait_for(lambda: all(p.ip != ip for p in self.peers(torrent)), timeout):
            raise DaemonFailed(f"{ip} is still there after {timeout} s")

    def banned(self) -> list[str]:
        """Return its list of banned addresses, in its own order; a range stands as `a-b`."""
        return [line.replace(" ", "") for line in self.preferences()["banned_IPs"].splitlines()]

    def set_banned(self, entries: Sequence[str]) -> None:
        """Replace its list of banned addresses."""
        self.set_preferences(banned_IPs="\n".join(entries))

    def preferences(self) -> dict[str, Any]:
        """Return all its settings, in its own words."""
        found: dict[str, Any] = self.get("app/preferences").json()
        return found

    def set_preferences(self, **values: object) -> None:
        """Change some of its settings, in its own words."""
        self.post("app/setPreferences", json=json.dumps(values))

    def get(self, path: str, **query: str) -> httpx.Response:
        """Ask any path of its API; raises `HTTPError`."""
        return self._http.get(path, params=query).raise_for_status()

    def post(self, path: str, **form: str) -> httpx.Response:
        """Tell any path of its API; raises `HTTPError`."""
        return self._http.post(path, data=form).raise_for_status()
