"""The shapes of Transmission's answers in its older dialect: only the members that we use."""

from __future__ import annotations

from typing import Final

from msgspec import Raw, Struct

ROW_FIELDS: Final = (
    "id",
    "uploadedEver",
    "rateUpload",
    "rateDownload",
    "percentDone",
    "haveValid",
    "peers",
)
"""Asked of all torrents in each sweep, as a table: without the names of members it costs half as much there."""
DETAIL_FIELDS: Final = ("id", "hashString", "name", "totalSize", "isPrivate", "labels", "trackers")
"""Asked of torrents that are new, and of all now and then."""


class Envelope(Struct):
    """Around every answer."""

    result: str | None = None
    """`success`, or what went wrong."""
    arguments: Raw = Raw(b"{}")


class Nothing(Struct):
    """An answer whose arguments do not matter."""


class Units(Struct, rename="kebab", frozen=True):
    """How many bytes its units have."""

    speed_bytes: int = 1000


class SessionWire(Struct, rename="kebab"):
    """`session-get`."""

    version: str | None = ""
    blocklist_enabled: bool = False
    blocklist_url: str | None = ""
    peer_port: int = 0
    speed_limit_up: int = 0
    """In its unit, as `alt_speed_up`."""
    speed_limit_up_enabled: bool = False
    alt_speed_up: int = 0
    units: Units = Units()


class Totals(Struct, rename="camel", frozen=True):
    """Of one run, or of all."""

    uploaded_bytes: int = 0
    downloaded_bytes: int = 0
    seconds_active: int = 0
    session_count: int = 0


class Stats(Struct, rename="kebab"):
    """`session-stats`."""

    cumulative_stats: Totals = Totals()
    current_stats: Totals = Totals()


class BlocklistUpdate(Struct, rename="kebab"):
    """`blocklist-update`."""

    blocklist_size: int = -1
    """Entries in force now; neighbours and doubles count once."""


class Rows(Struct):
    """`torrent-get` as a table: the first row names the columns."""

    torrents: list[Raw]


class Row(Struct, array_like=True, gc=False):
    """One torrent, in the order of `ROW_FIELDS`."""

    id: int
    """Of this run of the daemon."""
    uploaded: int
    upload_rate: int
    download_rate: int
    progress: float
    valid: int
    """Bytes that it has and has checked."""
    peers: list[Raw]


class TrackerWire(Struct, gc=False):
    """One tracker of a torrent."""

    id: int = 0
    announce: str = ""
    tier: int = 0


class Details(Struct, rename="camel", gc=False):
    """What hardly ever changes about a torrent."""

    id: int
    hash_string: str
    name: str | None = ""
    total_size: int = 0
    is_private: bool = False
    labels: list[str] = []
    trackers: list[TrackerWire] = []


class DetailsAnswer(Struct):
    """`torrent-get` for `DETAIL_FIELDS`."""

    torrents: list[Details] = []


_PEER_NAMES: Final = {
    "client_name": "clientName",
    "flags": "flagStr",
    "download_rate": "rateToClient",
    "upload_rate": "rateToPeer",
    "downloaded": "bytes_to_client",
    "uploaded": "bytes_to_peer",
}


class PeerWire(Struct, gc=False, rename=_PEER_NAMES):
    """One peer; the last three from 4.1 on."""

    address: str = ""
    port: int = 0
    client_name: str | None = None
    flags: str | None = None
    progress: float = 0.0
    download_rate: int = 0
    """In steps of a thousand."""
    upload_rate: int = 0
    peer_id: str | None = None
    """Base64 of all 20 bytes."""
    downloaded: int = -1
    uploaded: int = -1


class Place(Struct, gc=False):
    """Where a peer is."""

    address: str = ""


_LIMIT_NAMES: Final = {
    "hash": "hashString",
    "limit": "peer-limit",
    "connected": "peersConnected",
}


class Limited(Struct, gc=False, rename=_LIMIT_NAMES):
    """A torrent and how many peers it may have."""

    hash: str
    limit: int = -1
    connected: int = 0
    peers: list[Place] = []


class LimitsAnswer(Struct):
    """`torrent-get` for the fields of `Limited`."""

    torrents: list[Limited] = []


class Tracked(Struct):
    """A torrent's trackers."""

    trackers: list[TrackerWire] = []


class TrackedAnswer(Struct):
    """`torrent-get` for `Tracked`."""

    torrents: list[Tracked] = []
