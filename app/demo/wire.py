"""The torrents as the server's JSON has them, member by member as the real one names them."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from app.demo.torrent import SimTorrent
from app.demo.version import Version

Json: TypeAlias = dict[str, Any]

SAVE_PATH: Final = "/srv/torrents"
EXTERNAL: Final = "192.0.2.44"
"""Where the demo would be in the internet; no peer has an address of this block."""
_NO_ETA: Final = 8_640_000
_NEVER_SET: Final[Json] = {
    "auto_tmm": False,
    "dl_limit": 0,
    "download_path": "",
    "f_l_piece_prio": False,
    "force_start": False,
    "infohash_v2": "",
    "max_ratio": -1,
    "max_seeding_time": -1,
    "priority": 0,
    "ratio_limit": -2,
    "seeding_time_limit": -2,
    "seq_dl": False,
    "super_seeding": False,
    "tags": "",
    "up_limit": 0,
}
"""Limits, switches and labels that no torrent of the demo has."""


def torrent_members(torrent: SimTorrent, version: Version) -> Json:
    """A torrent as in `sync/maindata`; `torrents/info` has its hash besides."""
    facts = torrent.facts
    done, left = torrent.completed, facts.size - torrent.completed
    return {
        "added_on": facts.added_on,
        "amount_left": left,
        "availability": -1 if torrent.is_complete else 1.0 + torrent.seeds,
        "category": facts.category,
        "completed": done,
        "completion_on": facts.added_on + 3600 if torrent.is_complete else -1,
        "content_path": f"{SAVE_PATH}/{facts.name}",
        "dlspeed": torrent.down_speed,
        "downloaded": torrent.downloaded,
        "downloaded_session": torrent.downloaded - facts.held,
        "eta": min(_NO_ETA, left // torrent.down_speed) if torrent.down_speed else _NO_ETA,
        "infohash_v1": facts.hash,
        "last_activity": torrent.last_activity,
        "magnet_uri": f"magnet:?xt=urn:btih:{facts.hash}",
        "name": facts.name,
        "num_complete": torrent.seeds + 3,
        "num_incomplete": torrent.leechers + 5,
        "num_leechs": torrent.leechers,
        "num_seeds": torrent.seeds,
        "progress": torrent.progress,
        "ratio": torrent.uploaded / max(1, torrent.downloaded),
        "save_path": SAVE_PATH,
        "seeding_time": max(0, torrent.last_activity - facts.added_on - 3600),
        "seen_complete": torrent.last_activity,
        "size": facts.size,
        "state": _state(torrent, version),
        "time_active": torrent.last_activity - facts.added_on,
        "total_size": facts.size,
        "tracker": next(iter(torrent.trackers), ""),
        "trackers_count": len(torrent.trackers),
        "uploaded": torrent.uploaded,
        "uploaded_session": torrent.uploaded - facts.given,
        "upspeed": torrent.up_speed,
        **_NEVER_SET,
        **_newer_members(torrent, version),
    }


def _newer_members(torrent: SimTorrent, version: Version) -> Json:
    """Those that not every version has."""
    members: Json = {}
    if version.lists_private:
        members |= {
            "private": torrent.facts.is_private,
            "comment": "",
            "inactive_seeding_time_limit": -2,
            "popularity": 0.0,
        }
    if version.lists_pieces:
        members |= {
            "piece_size": torrent.facts.piece_size,
            "pieces_have": torrent.pieces_have,
            "pieces_num": torrent.pieces,
            "has_metadata": True,
        }
    return members


def properties(torrent: SimTorrent, version: Version) -> Json:
    """A torrent as in `torrents/properties`."""
    facts = torrent.facts
    active = torrent.last_activity - facts.added_on
    answer: Json = {
        "addition_date": facts.added_on,
        "comment": "",
        "completion_date": facts.added_on + 3600 if torrent.is_complete else -1,
        "created_by": "",
        "creation_date": facts.added_on - 3600,
        "dl_limit": -1,
        "dl_speed": torrent.down_speed,
        "dl_speed_avg": torrent.downloaded // max(1, active),
        "download_path": "",
        "eta": _NO_ETA,
        "hash": facts.hash,
        "infohash_v1": facts.hash,
        "infohash_v2": "",
        "is_private": facts.is_private,
        "last_seen": torrent.last_activity,
        "name": facts.name,
        "nb_connections": len(torrent.peers),
        "nb_connections_limit": 100,
        "peers": torrent.leechers,
        "peers_total": torrent.leechers + 5,
        "piece_size": facts.piece_size,
        "pieces_have": torrent.pieces_have,
        "pieces_num": torrent.pieces,
        "reannounce": 1200,
        "save_path": SAVE_PATH,
        "seeding_time": max(0, active - 3600),
        "seeds": torrent.seeds,
        "seeds_total": torrent.seeds + 3,
        "share_ratio": torrent.uploaded / max(1, torrent.downloaded),
        "time_elapsed": active,
        "total_downloaded": torrent.downloaded,
        "total_downloaded_session": torrent.downloaded - facts.held,
        "total_size": facts.size,
        "total_uploaded": torrent.uploaded,
        "total_uploaded_session": torrent.uploaded - facts.given,
        "total_wasted": 0,
        "up_limit": -1,
        "up_speed": torrent.up_speed,
        "up_speed_avg": torrent.uploaded // max(1, active),
    }
    if version.lists_private:
        answer |= {"private": facts.is_private, "has_metadata": True}
    return answer


def tracker_rows(torrent: SimTorrent) -> list[Json]:
    """A torrent's trackers as in `torrents/trackers`; the first three are none."""
    is_private = torrent.facts.is_private
    message = "This torrent is private" if is_private else ""
    rest = {"num_downloaded": 0, "num_leeches": 0, "num_peers": 0, "num_seeds": 0}
    inner: list[Json] = [
        {"url": f"** [{name}] **", "tier": -1, "status": 0 if is_private else 2, "msg": message}
        for name in ("DHT", "PeX", "LSD")
    ]
    outer: list[Json] = [
        {"url": url, "tier": tier, "status": 2, "msg": ""} for url, tier in torrent.trackers.items()
    ]
    return [one | rest for one in (*inner, *outer)]


def _state(torrent: SimTorrent, version: Version) -> str:
    if torrent.facts.is_paused:
        word = "stopped" if version.says_stopped else "paused"
        return f"{word}UP" if torrent.is_complete else f"{word}DL"
    if torrent.is_complete:
        return "uploading" if torrent.up_speed else "stalledUP"
    return "downloading" if torrent.down_speed else "stalledDL"


def server_state(torrents: tuple[SimTorrent, ...], version: Version) -> Json:
    """The sums over all torrents, as in `server_state` of `sync/maindata`."""
    state = transfer(torrents)
    given = sum(one.uploaded for one in torrents)
    taken = sum(one.downloaded for one in torrents)
    if version.tells_address:
        state |= {"last_external_address_v4": EXTERNAL, "last_external_address_v6": ""}
    return state | {
        "alltime_dl": taken,
        "alltime_ul": given,
        "average_time_queue": 0,
        "free_space_on_disk": 812_345_678_901,
        "global_ratio": f"{given / max(1, taken):.2f}",
        "queued_io_jobs": 0,
        "queueing": False,
        "read_cache_hits": "0",
        "read_cache_overload": "0",
        "refresh_interval": 1500,
        "total_buffers_size": 0,
        "total_peer_connections": sum(len(one.peers) for one in torrents),
        "total_queued_size": 0,
        "total_wasted_session": 0,
        "use_alt_speed_limits": False,
        "write_cache_overload": "0",
    }


def transfer(torrents: tuple[SimTorrent, ...]) -> Json:
    """The figures of `transfer/info`."""
    return {
        "connection_status": "connected",
        "dht_nodes": 387,
        "dl_info_data": sum(one.downloaded - one.facts.held for one in torrents),
        "dl_info_speed": sum(one.down_speed for one in torrents),
        "dl_rate_limit": 0,
        "up_info_data": sum(one.uploaded - one.facts.given for one in torrents),
        "up_info_speed": sum(one.up_speed for one in torrents),
        "up_rate_limit": 0,
    }


def preferences() -> Json:
    """Those of the preferences that somebody may look at, with the defaults of a fresh server."""
    return {
        "alt_dl_limit": 10_240,
        "alt_up_limit": 10_240,
        "anonymous_mode": False,
        "dht": True,
        "dl_limit": 0,
        "enable_multi_connections_from_same_ip": False,
        "encryption": 0,
        "limit_lan_peers": True,
        "limit_tcp_overhead": False,
        "limit_utp_rate": True,
        "listen_port": 51_413,
        "locale": "en",
        "lsd": True,
        "max_connec": 500,
        "max_connec_per_torrent": 100,
        "max_uploads": 20,
        "max_uploads_per_torrent": 4,
        "pex": True,
        "queueing_enabled": False,
        "random_port": False,
        "resolve_peer_countries": True,
        "save_path": SAVE_PATH,
        "scheduler_enabled": False,
        "up_limit": 0,
        "upnp": False,
        "web_ui_address": "127.0.0.1",
        "web_ui_ban_duration": 3600,
        "web_ui_csrf_protection_enabled": True,
        "web_ui_host_header_validation_enabled": True,
        "web_ui_max_auth_fail_count": 5,
        "web_ui_session_timeout": 3600,
    }


def whole_kib(limit: object) -> int:
    """A limit as the real one keeps it."""
    return limit // 1024 * 1024 if isinstance(limit, int) else 0
