"""The shapes of qBittorrent's answers: only the members that we use, everything else is skipped while decoding.

Texts may be null, as `country_code` is in 5.3.0 for a country not known, and so may fractions that are no number.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from app.adapters.downloaders.number import Fraction, Whole

_STIRRING: Final = ("uploaded", "downloaded", "num_leechs", "num_seeds", "upspeed", "dlspeed")


class BuildInfo(Struct):
    """`app/buildInfo`."""

    libtorrent: str = ""


class Preferences(Struct):
    """`app/preferences`."""

    banned_IPs: str = ""  # noqa: N815 - as it comes
    shadow_banned_IPs: str = ""  # noqa: N815 - as it comes
    """Of the Enhanced Edition, as the next."""
    shadow_ban_enabled: bool | None = None
    enable_multi_connections_from_same_ip: bool | None = None
    up_limit: Whole = 0
    """Bytes per second; 0 is without a limit, as in the alternative one."""
    alt_up_limit: Whole = 0
    listen_port: Whole = 0


class TorrentState(Struct, gc=False):
    """One torrent as `sync/maindata` has described it so far."""

    name: str | None = ""
    total_size: Whole = 0
    progress: Fraction | None = 0.0
    completed: Whole = 0
    upspeed: Whole = 0
    dlspeed: Whole = 0
    uploaded: Whole = 0
    downloaded: Whole = 0
    num_leechs: Whole = 0
    """Connected ones; `num_seeds` are the connected seeds."""
    num_seeds: Whole = 0
    category: str | None = ""
    tags: str | None = ""
    tracker: str | None = ""
    private: bool | None = None
    """From 5.0; null while a magnet link has no metadata."""
    is_private: bool | None = None
    piece_size: Whole = -1
    """From 5.2, as `pieces_have`; -1 without metadata."""
    pieces_have: Whole | None = None

    def merge(self, change: TorrentChange) -> None:
        """Take over the members that `change` has."""
        for name in TorrentChange.__struct_fields__:
            value = getattr(change, name)
            if value is not UNSET:
                setattr(self, name, value)

    def stirs(self, change: TorrentChange) -> bool:
        """Whether `change` means that its peers are not what they were."""
        return any(getattr(change, name) not in (UNSET, getattr(self, name)) for name in _STIRRING)


class TorrentChange(Struct, gc=False):
    """What one answer says of a torrent: all members in a full one, else those that changed."""

    name: str | UnsetType | None = UNSET
    total_size: Whole | UnsetType = UNSET
    progress: Fraction | UnsetType | None = UNSET
    completed: Whole | UnsetType = UNSET
    upspeed: Whole | UnsetType = UNSET
    dlspeed: Whole | UnsetType = UNSET
    uploaded: Whole | UnsetType = UNSET
    downloaded: Whole | UnsetType = UNSET
    num_leechs: Whole | UnsetType = UNSET
    num_seeds: Whole | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    tags: str | UnsetType | None = UNSET
    tracker: str | UnsetType | None = UNSET
    private: bool | UnsetType | None = UNSET
    is_private: bool | UnsetType | None = UNSET
    piece_size: Whole | UnsetType = UNSET
    pieces_have: Whole | UnsetType = UNSET


class ActiveTorrent(TorrentChange, kw_only=True, gc=False):
    """One of those that `torrents/info` lists, with all members."""

    hash: str


class ServerState(Struct, frozen=True, gc=False):
    """About the daemon itself: all members in a full answer, else those that changed."""

    up_info_data: Whole | None = None
    """Bytes since it started."""
    dl_info_data: Whole | None = None
    alltime_ul: Whole | None = None
    """Bytes over all its starts."""
    alltime_dl: Whole | None = None
    last_external_address_v4: str | None = None
    """From 5.1, empty while it is not known; the same for IPv6."""
    last_external_address_v6: str | None = None


class MainData(Struct):
    """`sync/maindata`."""

    rid: Whole
    full_update: bool = False
    torrents: dict[str, TorrentChange] = {}
    torrents_removed: list[str] = []
    server_state: ServerState = ServerState()


class Properties(Struct, gc=False):
    """`torrents/properties`."""

    private: bool | None = None
    is_private: bool | None = None
    piece_size: Whole = -1
    pieces_have: Whole = -1


class TrackerWire(Struct, gc=False):
    """One entry of `torrents/trackers`."""

    url: str
    tier: Whole = 0


class PeerWire(Struct, gc=False):
    """One peer of `sync/torrentPeers`; I2P peers have neither `ip` nor `port`."""

    ip: str | None = None
    port: Whole = 0
    client: str | None = None
    peer_id_client: str | None = None
    connection: str | None = None
    country_code: str | None = None
    """Null from 5.3 while the country is not known."""
    flags: str | None = None
    progress: Fraction | None = None
    uploaded: Whole = 0
    downloaded: Whole = 0
    up_speed: Whole = 0
    dl_speed: Whole = 0
    shadowbanned: bool = False
    """Of the Enhanced Edition: still connected, and given nothing."""


class TorrentPeersAnswer(Struct):
    """`sync/torrentPeers`, always asked in full; keys are `a.b.c.d:port` or `[v6]:port`."""

    peers: dict[str, PeerWire] = {}
