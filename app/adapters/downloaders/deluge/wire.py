"""The shapes of Deluge's answers: only the members that we use, everything else is skipped while decoding."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from app.adapters.downloaders.number import Fraction, Whole

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

    code: Whole = 0
    message: str | None = ""


class Reply(Struct):
    """Every answer; `result` is decoded for itself."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    error: ErrorWire | None = None


class HostWire(Struct, array_like=True):
    """A daemon that deluge-web knows."""

    id: str
    host: str
    port: Whole


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
    progress: Fraction | None = 0.0
    up_speed: Whole = 0
    down_speed: Whole = 0


class TorrentWire(Struct, gc=False):
    """One torrent of `core.get_torrents_status`."""

    name: str | None = ""
    progress: Fraction | None = 0.0
    """In per cent."""
    total_size: Whole = 0
    total_done: Whole = 0
    total_uploaded: Whole = 0
    upload_payload_rate: Whole = 0
    download_payload_rate: Whole = 0
    private: bool | None = False
    tracker_host: str | None = ""
    label: str | None = ""
    peers: list[CorePeer] = []


class OwnPeer(Struct, array_like=True, gc=False):
    """One row of our plugin (resources/deluge-plugin/peers.py)."""

    ip: str
    port: Whole
    peer_id: str
    client: str
    millionths: Whole
    uploaded: Whole
    downloaded: Whole
    up_speed: Whole
    down_speed: Whole
    flags: Whole
    source: Whole


class OwnPeers(Struct):
    """What our plugin answers."""

    instance: str
    bans: Whole
    peers: dict[str, list[OwnPeer]]


class AdapterPeer(Struct, gc=False):
    """One peer of PBH's plugin."""

    ip: str
    port: Whole
    peer_id: str | None = ""
    client_name: str | None = ""
    progress: Fraction | None = 0.0
    """A fraction, other than that of torrents."""
    total_upload: Whole = 0
    total_download: Whole = 0
    payload_up_speed: Whole = 0
    payload_down_speed: Whole = 0
    flags: Whole = 0
    source: Whole = 0


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
    num_blocked: Whole = 0
    """Lines of the list imported last; 0 since its start while there was none."""


class TrackerWire(Struct):
    """One announce URL of a torrent."""

    url: str
    tier: Whole = 0


class Trackers(Struct):
    """`core.get_torrent_status` with `trackers`."""

    trackers: list[TrackerWire]


class Limits(Struct):
    """In KiB per second; -1 or 0 is without a limit."""

    max_upload_speed: Fraction | None = -1.0


class SessionCounters(Struct):
    """Bytes since the daemon started."""

    sent: Whole = msgspec.field(default=0, name="net.sent_bytes")
    received: Whole = msgspec.field(default=0, name="net.recv_bytes")
