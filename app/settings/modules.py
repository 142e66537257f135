"""What profile.yml says about each rule and each record that is kept: an area for every `module.<key>`."""

# ruff: noqa: RUF009 - `setting` and `section` make fields, as `dataclasses.field` does

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from app.domain.address import Prefix
from app.domain.verdict import Mode
from app.settings.area import check, section, setting
from app.settings.kind import Choice, Flag, Line, Milliseconds, Number, RuleDuration, Url, Whole
from app.settings.list_kind import Lines, Ports, Prefixes, Rules, SystemNumbers, Words

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MIB: Final = 2**20
_MOST_BYTES: Final = 2**63 - 1
_MOST_SECONDS: Final = 100 * 365 * 86_400

NET_TYPES: Final = (
    "wideband",
    "baseStation",
    "governmentAndEnterpriseLine",
    "businessPlatform",
    "backboneNetwork",
    "ipPrivateNetwork",
    "internetCafe",
    "iot",
    "dataCenter",
)
"""Keywords of network types (reference/rules.md 3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerIdBlacklist:
    """Bans by the peer id that a peer announces."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    """Milliseconds; None is the global length, also in the other rules."""
    banned_peer_id: tuple[str, ...] = setting(Rules(), ())
    """String rules as JSON texts."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNameBlacklist:
    """Bans by the client name that a peer announces."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    banned_client_name: tuple[str, ...] = setting(Rules(), ())
    """String rules as JSON texts."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpAddressBlocker:
    """Bans by address, port and place."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    ips: tuple[Prefix, ...] = setting(Prefixes(), ())
    """`0.0.0.0` is PBH's placeholder and fits no peer."""
    ports: tuple[int, ...] = setting(Ports(), ())
    """Ports at the peer's end; 0 is PBH's placeholder and fits no peer."""
    asns: tuple[int, ...] = setting(SystemNumbers(), ())
    """Autonomous systems; 0 is PBH's placeholder and fits no peer."""
    regions: tuple[str, ...] = setting(Lines(), ())
    """ISO country codes, upper case; `0` is PBH's placeholder."""
    cities: tuple[str, ...] = setting(Lines(), ())
    """Parts of city names."""
    net_type: tuple[str, ...] = setting(Words(NET_TYPES), ())

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One remote list."""

    id: str
    """Key in the file, without a dot; names the cache file."""
    enabled: bool = setting(Flag(), default=True)
    name: str = setting(Line(), "")
    """The id when it is empty."""
    url: str = setting(Url("https://example.org/list.txt"))

    def __post_init__(self) -> None:
        check(self)
        object.__setattr__(self, "name", self.name.strip() or self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSubscriptions:
    """Bans addresses that subscribed lists name."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    check_interval: int = setting(Milliseconds(_MINUTE), 4 * _HOUR, absent=_DAY)
    """Milliseconds between two looks at the lists."""
    max_size: int = setting(Whole(1024, 2**31), 64 * _MIB)
    """Bytes of one list, unpacked."""
    max_address_share: float = setting(Number(0, 1), 0.25)
    """Share of all public addresses of a family that a list may cover, else it is not applied."""
    max_peer_share: float = setting(Number(0, 1), 0.5)
    """Share of the live peers, of at least twenty, that a list may cover, else it is not applied."""
    lists: tuple[Subscription, ...] = ()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSubscriptions:
    """Bans client names that match patterns of subscribed lists."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    check_interval: int = setting(Milliseconds(_MINUTE), 4 * _HOUR, absent=_DAY)
    max_size: int = setting(Whole(1024, 2**31), _MIB)
    max_peer_share: float = setting(Number(0, 1), 0.5)
    lists: tuple[Subscription, ...] = ()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCheatBlocker:
    """Bans peers whose progress does not fit what they received (reference/rules.md 3.6)."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 30 * _DAY, absent=None)
    minimum_size: int = setting(Whole(0, _MOST_BYTES), 50_000_000)
    """Bytes; of smaller torrents only what exceeds the whole counts."""
    maximum_difference: float = setting(Number(0, 1_000), 0.1)
    """Share of the torrent that a peer may have received beyond what it reports."""
    rewind_maximum_difference: float = setting(Number(-1, 1_000), 0.07)
    """Share by which the reported progress may fall; zero or less is off."""
    rewinds_allowed: int = setting(Whole(-1, 1_000), 2)
    """Falls by more than that within one memory, whatever we sent; more are banned, -1 is off. Ours."""
    block_excessive_clients: bool = setting(Flag(), default=True)
    excessive_threshold: float = setting(Number(0, 1_000_000), 1.5)
    """Times the torrent, or what we have of it, that a peer may receive."""
    ipv4_prefix_length: int = setting(Whole(0, 32), 32)
    """Bits of the block that counts as one user; IPv6 below."""
    ipv6_prefix_length: int = setting(Whole(0, 128), 56)
    enable_persist: bool = setting(Flag(), default=True)
    """Whether the memory survives a restart."""
    persist_duration: int = setting(Milliseconds(1), 14 * _DAY)
    """Milliseconds after which a peer that was not seen is forgotten."""
    max_wait_duration: int = setting(Milliseconds(0), 30_000)
    """Milliseconds of grace before a difference is banned."""
    fast_pcb_test_percentage: float = setting(Number(-1, 1_000), 0.1)
    """Share of the torrent after which a peer is disconnected once; zero or less is off."""
    fast_pcb_test_block_duration: int = setting(Milliseconds(1), 15_000)
    fast_pcb_test_spares_consistent: bool = setting(Flag(), default=False)
    """Whether peers that report what they received are not disconnected. Ours."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoRangeBan:
    """Bans live peers beside a banned address."""

    mode: Mode = setting(Choice(Mode), Mode.SHADOW, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 7 * _DAY, absent=None)
    ipv4: int = setting(Whole(1, 32), 30)
    """Bits of the block; IPv6 below."""
    ipv6: int = setting(Whole(1, 128), 48)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiDialingBlocker:
    """Bans many addresses of one subnet on one torrent."""

    mode: Mode = setting(Choice(Mode), Mode.SHADOW, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 15 * _DAY, absent=None)
    subnet_mask_length: int = setting(Whole(0, 32), 24)
    """Bits of an IPv4 subnet."""
    subnet_mask_v6_length: int = setting(Whole(0, 128), 56)
    tolerate_num_ipv4: int = setting(Whole(0, 1_000_000), 2)
    """Addresses of one subnet that are let be; IPv6 below."""
    tolerate_num_ipv6: int = setting(Whole(0, 1_000_000), 5)
    cache_lifespan: int = setting(Whole(1, _MOST_SECONDS), 86_400)
    """Seconds for which an address counts."""
    keep_hunting: bool = setting(Flag(), default=False)
    keep_hunting_time: int = setting(Whole(1, _MOST_SECONDS), 30 * 86_400)
    """Seconds for which a subnet found out stays banned."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionEngine:
    """Runs the user's scripts."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), None, absent=None)
    time_limit: int = setting(Whole(1, 60_000), 1_500)
    """Milliseconds that one script may take for all peers of one call."""
    memory_limit: int = setting(Whole(_MIB, 2**32), 64 * _MIB)
    """Bytes that one script may hold."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Btn:
    """Applies what the BTN network says (the connection itself is set up in config.yml)."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    allow_script_execute: bool = setting(Flag(), default=False)

    def __post_init__(self) -> None:
        check(self)


class ProtectMode(IntEnum):
    """Which torrents the idle-connection rule looks at."""

    UNWANTED = 0
    """Seeding ones always, others only where neither side is interested."""
    SEEDING = 1
    ALL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleConnectionDosProtection:
    """Bans connections that neither transfer nor progress."""

    mode: Mode = setting(Choice(Mode), Mode.SHADOW, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 15 * _MINUTE, absent=None)
    max_allowed_idle_time: int = setting(Milliseconds(1_000), 5 * _MINUTE)
    idle_speed_threshold: int = setting(Whole(0, _MOST_BYTES), 64)
    """Bytes per second; faster is active."""
    min_status_change_percentage: float = setting(Number(0, 100), 0.001)
    """Percentage points of progress that count as activity."""
    reset_on_status_change: bool = setting(Flag(), default=True)
    protect_mode: int = setting(Whole(-(2**31), 2**31), 0)
    """A ProtectMode; any other number is 0."""

    def __post_init__(self) -> None:
        check(self)
        if self.protect_mode not in tuple(ProtectMode):
            object.__setattr__(self, "protect_mode", int(ProtectMode.UNWANTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One known kind of client."""

    enabled: bool = setting(Flag(), default=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiVampire:
    """Bans clients known for taking only."""

    mode: Mode = setting(Choice(Mode), Mode.ENFORCE, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 4 * _HOUR, absent=None)
    xunlei: Preset = section(Preset, "presets.xunlei")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PtrBlacklist:
    """Bans by the name that reverse DNS gives an address."""

    mode: Mode = setting(Choice(Mode), Mode.OFF, absent=Mode.OFF)
    ban_duration: int | None = setting(RuleDuration(), 3 * _DAY, absent=None)
    ptr_rules: tuple[str, ...] = setting(Rules(), ())
    """String rules as JSON texts."""

    def __post_init__(self) -> None:
        check(self)


class CapScope(StrEnum):
    """Whose upload the sliding cap counts (D-16)."""

    TOTAL = "total"
    """That of all downloaders together, for each of them."""
    EACH = "each"
    """Each downloader's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidingCap:
    """Steers upload limits so that 24 hours stay below a budget (reference/rules.md 3.14)."""

    enabled: bool = setting(Flag(), default=False)
    daily_max_allowed_upload_traffic: int | None = setting(Whole(0, _MOST_BYTES), None)
    """Bytes in 24 hours, PBH's older key below when it is missing."""
    max_allowed_upload_traffic: int = setting(Whole(0, _MOST_BYTES), 25_000_000_000)
    max_speed: int = setting(Whole(0, _MOST_BYTES), 0)
    """Bytes per second; 0 is no upper bound."""
    min_speed: int = setting(Whole(0, _MOST_BYTES), 0)
    scope: CapScope = setting(Choice(CapScope), CapScope.TOTAL)

    def __post_init__(self) -> None:
        given = self.daily_max_allowed_upload_traffic
        if given is None:
            object.__setattr__(
                self, "daily_max_allowed_upload_traffic", self.max_allowed_upload_traffic
            )
        check(self)

    @property
    def budget(self) -> int:
        """Bytes in 24 hours."""
        return self.daily_max_allowed_upload_traffic or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMonitoring:
    """Warns when much was sent in a day."""

    daily: int = setting(Whole(-1, _MOST_BYTES), -1)
    """Bytes per local day; zero or less is off."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveMonitoring:
    """Keeps the traffic journal, warns, and caps."""

    enabled: bool = setting(Flag(), default=True, absent=False)
    traffic_monitoring: TrafficMonitoring = section(TrafficMonitoring)
    traffic_sliding_capping: SlidingCap = section(SlidingCap)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRecording:
    """Keeps what each peer gave and took."""

    enabled: bool = setting(Flag(), default=True, absent=False)
    data_flush_interval: int = setting(Milliseconds(1_000), 15 * _MINUTE)
    data_retention_time: int = setting(Whole(-1, _MOST_BYTES), 60 * _DAY)
    """Milliseconds; zero or less is for ever."""
    data_cleanup_interval: int = setting(Milliseconds(_MINUTE), 7 * _DAY)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnalyse:
    """Counts connections by day."""

    enabled: bool = setting(Flag(), default=True, absent=False)
    data_flush_interval: int = setting(Milliseconds(1_000), _HOUR)
    cleanup_interval: int = setting(Milliseconds(_MINUTE), _HOUR)
    data_retention_time: int = setting(Whole(-1, _MOST_BYTES), 180 * _DAY)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmTracking:
    """Keeps the peers of this run, for BTN."""

    enabled: bool = setting(Flag(), default=True, absent=False)
    data_flush_interval: int = setting(Milliseconds(1_000), _HOUR)

    def __post_init__(self) -> None:
        check(self)
