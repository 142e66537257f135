"""The shapes of Transmission's answers in its older dialect: only the members that we use."""

from __future__ import annotations

from typing import Final

from msgspec import Raw, Struct

from app.adapters.downloaders.number import Fraction, Whole

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

    speed_bytes: Whole = 1000


class SessionWire(Struct, rename="kebab"):
    """`session-get`."""

    version: str | None = ""
    blocklist_enabled: bool = False
    blocklist_url: str | None = ""
    peer_port: Whole = 0
    speed_limit_up: Whole = 0
    """In its unit, as `alt_speed_up`."""
    speed_limit_up_enabled: bool = False
    alt_speed_up: Whole = 0
    units: Units = Units()


class Totals(Struct, rename="camel", frozen=True):
    """Of one run, or of all."""

    uploaded_bytes: Whole = 0
    downloaded_bytes: Whole = 0
    seconds_active: Whole = 0
    session_count: Whole = 0


class Stats(Struct, rename="kebab"):
    """`session-stats`."""

    cumulative_stats: Totals = Totals()
    current_stats: Totals = Totals()


class BlocklistUpdate(Struct, rename="kebab"):
    """`blocklist-update`."""

    blocklist_size: Whole = -1
    """Entries in force now; neighbours and doubles count once."""


class Rows(Struct):
    """`torrent-get` as a table: the first row names the columns."""

    torrents: list[Raw]


class Row(Struct, array_like=True, gc=False):
    """One torrent, in the order of `ROW_FIELDS`."""

    id: Whole
    """Of this run of the daemon."""
    uploaded: Whole
    upload_rate: Whole
    download_rate: Whole
    progress: Fraction
    valid: Whole
    """Bytes that it has and has checked."""
    peers: list[Raw]


class TrackerWire(Struct, gc=False):
    """One tracker of a torrent."""

    id: Whole = 0
    announce: str = ""
    tier: Whole = 0


class Details(Struct, rename="camel", gc=False):
    """What hardly ever changes about a torrent."""

    id: Whole
    hash_string: str
    name: str | None = ""
    total_size: Whole = 0
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
    port: Whole = 0
    client_name: str | None = None
    flags: str | None = None
    progress: Fraction = 0.0
    download_rate: Whole = 0
    """In steps of a thousand."""
    upload_rate: Whole = 0
    peer_id: str | None = None
    """Base64 of all 20 bytes."""
    downloaded: Whole = -1
    uploaded: Whole = -1


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
    limit: Whole = -1
    connected: Whole = 0
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
