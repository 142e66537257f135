"""The shapes of Deluge's answers: only the members that we use, everything else is skipped while decoding."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

TORRENT_KEYS: Final = (
    "name",
    "progress",
    "total_size",
    "total_done",
    "total_uploaded",
    "upload_payload_rate",
    "download_payload_rate",
    "private",
    "tracker_host",
)
PEERS_KEY: Final = "peers"
LABEL_KEY: Final = "label"
"""Of the Label plugin."""


class ErrorWire(Struct):
    """Why a call failed: 1 no session, 2 no such method, 3 deluge-web, 4 the daemon, 5 not understood."""

    code: int = 0
    message: str | None = ""


class Reply(Struct):
    """Every answer; `result` is decoded for itself."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    error: ErrorWire | None = None


class HostWire(Struct, array_like=True):
    """A daemon that deluge-web knows."""

    id: str
    host: str
    port: int


class HostStatus(Struct, array_like=True):
    """How a daemon is reached: `Offline`, `Online`, or `Connected`."""

    id: str
    status: str
    version: str | None = ""


class CorePeer(Struct, gc=False):
    """One peer as the daemon itself tells; those half-open are left out."""

    ip: str
    """With the port behind the last colon, IPv6 without brackets."""
    client: str | None = ""
    progress: float | None = 0.0
    up_speed: int = 0
    down_speed: int = 0


class TorrentWire(Struct, gc=False):
    """One torrent of `core.get_torrents_status`."""

    name: str | None = ""
    progress: float | None = 0.0
    """In per cent."""
    total_size: int = 0
    total_done: int = 0
    total_uploaded: int = 0
    upload_payload_rate: int = 0
    download_payload_rate: int = 0
    private: bool | None = False
    tracker_host: str | None = ""
    label: str | None = ""
    peers: list[CorePeer] = []


class OwnPeer(Struct, array_like=True, gc=False):
    """One row of our plugin (resources/deluge-plugin/peers.py)."""

    ip: str
    port: int
    peer_id: str
    client: str
    millionths: int
    uploaded: int
    downloaded: int
    up_speed: int
    down_speed: int
    flags: int
    source: int


class OwnPeers(Struct):
    """What our plugin answers."""

    instance: str
    bans: int
    peers: dict[str, list[OwnPeer]]


class AdapterPeer(Struct, gc=False):
    """One peer of PBH's plugin."""

    ip: str
    port: int
    peer_id: str | None = ""
    client_name: str | None = ""
    progress: float | None = 0.0
    """A fraction, other than that of torrents."""
    total_upload: int = 0
    total_download: int = 0
    payload_up_speed: int = 0
    payload_down_speed: int = 0
    flags: int = 0
    source: int = 0


class AdapterTorrent(Struct, gc=False):
    """One active torrent of PBH's plugin."""

    id: str
    peers: list[AdapterPeer] = []


class AdapterBlocklist(Struct):
    """What PBH's plugin bans."""

    ips: list[str] = []


class BlocklistConfig(Struct):
    """The settings of the bundled Blocklist plugin."""

    url: str | None = ""
    whitelisted: list[str] = []


class BlocklistStatus(Struct):
    """What that plugin does."""

    state: str = ""
    """`Idle`, `Downloading` or `Importing`."""
    num_blocked: int = 0
    """Lines of the list imported last; 0 since its start while there was none."""


class TrackerWire(Struct):
    """One announce URL of a torrent."""

    url: str
    tier: int = 0


class Trackers(Struct):
    """`core.get_torrent_status` with `trackers`."""

    trackers: list[TrackerWire]


class Limits(Struct):
    """In KiB per second; -1 or 0 is without a limit."""

    max_upload_speed: float | None = -1.0


class SessionCounters(Struct):
    """Bytes since the daemon started."""

    sent: int = msgspec.field(default=0, name="net.sent_bytes")
    received: int = msgspec.field(default=0, name="net.recv_bytes")
