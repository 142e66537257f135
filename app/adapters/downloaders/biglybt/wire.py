"""The shapes of the plugin's answers: only the members that we use, everything else is skipped while decoding.

Java sends null for whatever it does not know (reference/downloaders.md 7).
"""

from __future__ import annotations

from msgspec import Struct

from app.adapters.downloaders.number import Whole


class Metadata(Struct, rename="camel"):
    """`metadata`."""

    plugin_version: str = ""
    application_version: str | None = None
    application_name: str | None = None
    azureus_name: str | None = None


class Statistics(Struct, rename="camel"):
    """`statistics`."""

    overall_data_bytes_sent: Whole | None = None
    """Over its whole life."""
    overall_data_bytes_received: Whole | None = None
    session_uptime_seconds: Whole | None = None


class TorrentWire(Struct, rename="camel", gc=False):
    """What stands in the torrent file."""

    info_hash: str | None = None
    name: str | None = None
    size: Whole = 0
    private_torrent: bool | None = None


class StatsWire(Struct, rename="camel", gc=False):
    """The counters of one download."""

    completed_in_thousand_notation: Whole = 0
    remaining_bytes: Whole | None = None
    downloaded_bytes: Whole = 0
    uploaded: Whole = 0
    rt_download_speed: Whole = 0
    rt_upload_speed: Whole = 0


class DownloadWire(Struct, rename="camel"):
    """One of `downloads`; without `torrent` while a magnet link has no metadata."""

    state: Whole = 0
    torrent: TorrentWire | None = None
    name: str | None = None
    category_name: str | None = None
    tags: list[str] | None = None
    stats: StatsWire | None = None
    trackers: list[list[str] | None] | None = None
    removed: bool | None = None


class PeerStatsWire(Struct, rename="camel", gc=False):
    """The counters of one connection."""

    rt_download_speed: Whole = 0
    rt_upload_speed: Whole = 0
    total_sent: Whole = -1
    total_received: Whole = -1


class PeerWire(Struct, rename="camel", gc=False):
    """One peer of `download/{hash}/peers`."""

    state: Whole = 0
    peer_id: str | None = None
    """In hex."""
    ip: str | None = None
    port: Whole | None = None
    client: str | None = None
    seed: bool | None = None
    snubbed: bool | None = None
    choked: bool | None = None
    """By it; `choking` is the other way round."""
    choking: bool | None = None
    interested: bool | None = None
    interesting: bool | None = None
    incoming: bool | None = None
    optimistic_unchoke: bool | None = None
    percent_done_in_thousand_notation: Whole = 0
    stats: PeerStatsWire | None = None
    peer_source: str | None = None
    use_crypto: bool | None = None
    protocol: str | None = None


class PeersAnswer(Struct):
    """`download/{hash}/peers`."""

    peers: list[PeerWire] | None = None


class Outcome(Struct):
    """Of a change of the ban list, in entries."""

    failed: Whole = 0


class SpeedLimits(Struct):
    """`speedlimiter`, bytes per second; 0 or less is without a limit."""

    upload: Whole = 0
    download: Whole = 0


class ListenPort(Struct):
    """`listenport`."""

    port: Whole = 0


class Problem(Struct):
    """What it says of a request that failed."""

    msg: str | None = None
