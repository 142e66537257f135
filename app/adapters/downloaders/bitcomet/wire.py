"""The shapes of BitComet's answers: only the members that we use, everything else is skipped while decoding.

Numbers may come as texts, and null stands for what is not known (reference/downloaders.md 8).
"""

from __future__ import annotations

from msgspec import Struct

from app.adapters.downloaders.number import Fraction, Whole


class Outcome(Struct):
    """What every answer may have; a request that went well has `ok` or nothing."""

    error_code: str | None = None
    error_message: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it did what was asked."""
        return not self.error_code or self.error_code.casefold() == "ok"


class LogIn(Outcome):
    """`webui/login`."""

    invite_token: str | None = None
    version: str | None = None


class DeviceToken(Outcome):
    """`device_token/get`."""

    device_token: str | None = None
    version: str | None = None


class FilterConfig(Struct):
    """Of the IP filter; `blacklist` is the mode that keeps out who stands in it."""

    enable_ipfilter: bool | None = None
    ipfilter_mode: str | None = None


class FilterAnswer(Outcome):
    """`config/ipfilter/get`."""

    ip_filter_config: FilterConfig | None = None


class FilterContent(Outcome):
    """`config/ipfilter/download`, where it exists."""

    content_base64: str | None = None


class TaskWire(Struct, gc=False):
    """One of `task_list/get`."""

    task_id: str | int
    type: str | None = None


class TaskList(Outcome):
    """`task_list/get`."""

    tasks: list[TaskWire] | None = None


class TaskState(Struct, gc=False):
    """`task` of a summary."""

    task_name: str | None = None
    selected_downloaded_size: Whole | None = None
    upload_rate: Whole | None = None
    download_rate: Whole | None = None


class TaskDetail(Struct, gc=False):
    """`task_detail` of a summary."""

    infohash: str | None = None
    infohash_v2: str | None = None
    total_size: Whole | None = None
    torrent_private: bool | None = None


class TaskStatus(Struct, gc=False):
    """`task_status` of a summary."""

    download_permillage: Whole | None = None


class Summary(Outcome):
    """`task/summary/get`."""

    task: TaskState | None = None
    task_detail: TaskDetail | None = None
    task_status: TaskStatus | None = None


class PeerWire(Struct, gc=False):
    """One of `task/peers/get`."""

    ip: str | None = None
    """Of an address, with or without a port."""
    remote_port: Whole | None = None
    client_type: str | None = None
    peer_id: str | None = None
    """In hex."""
    permillage: Whole | None = None
    dl_rate: Whole | None = None
    up_rate: Whole | None = None
    dl_size: Whole | None = None
    """Bytes from it; `up_size` is those to it."""
    up_size: Whole | None = None
    group: str | None = None


class PeersAnswer(Outcome):
    """`task/peers/get`."""

    peers: list[PeerWire] | None = None


class StatisticWire(Struct):
    """One figure of `statistics_list/get`."""

    token: str | None = None
    value: str | Whole | Fraction | None = None


class StatisticsAnswer(Outcome):
    """`statistics_list/get`."""

    value_list: list[StatisticWire] | None = None


class ConnectionConfig(Struct):
    """Limits in bytes per second, 0 for none."""

    max_upload_speed: Whole | None = None
    max_download_speed: Whole | None = None
    listen_port_tcp: Whole | None = None


class ConnectionAnswer(Outcome):
    """`config/connection/get`."""

    connection_config: ConnectionConfig | None = None


class TrackerWire(Struct):
    """One of `task/trackers/get`."""

    name: str | None = None


class TrackersAnswer(Outcome):
    """`task/trackers/get`."""

    trackers: list[TrackerWire] | None = None
