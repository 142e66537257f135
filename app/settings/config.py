"""What config.yml says: the program itself, its server, its desktop and the downloaders."""

# ruff: noqa: RUF009 - `setting` and `section` make fields, as `dataclasses.field` does

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from app.domain.reason import Text
from app.settings.area import Reader, check, section, setting
from app.settings.downloader import (
    SECTION,
    DownloaderSettings,
    UnsupportedDownloader,
    add_downloader,
)
from app.settings.errors import InvalidSetting, Problem
from app.settings.kind import (
    MAX_PORT,
    Choice,
    Days,
    Flag,
    Host,
    Language,
    Line,
    SecretLine,
    Url,
    Whole,
)
from app.settings.list_kind import Lines
from app.settings.secret import Secret

__all__ = [
    "BanListRemapping",
    "Config",
    "Desktop",
    "DownloaderSettings",
    "IpDatabase",
    "Ipv4Remapping",
    "Ipv6Remapping",
    "Lookup",
    "Persist",
    "Proxy",
    "ProxyKind",
    "Resolvers",
    "Server",
    "Theme",
    "Tunnels",
    "UnsupportedDownloader",
    "read_config",
]


class Theme(StrEnum):
    """Colours of the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The local REST server."""

    http: int = setting(Whole(0, MAX_PORT), 9898)
    """TCP port; 0 asks for a free one."""
    address: str = setting(Host(), "127.0.0.1")
    """Where it listens."""
    prefix: str = setting(Url("http://127.0.0.1:9898"), "http://127.0.0.1:9898")
    """The URL under which downloaders reach it, without a slash at the end."""
    token: Secret = setting(SecretLine(), Secret())
    """What clients must show. A new file gets a random one; PBH's may be empty."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persist:
    """What survives a restart."""

    ban_logs_keep_days: int = setting(Days(), 180)
    """Days of ban history; 0 keeps it for ever."""
    banlist: bool = setting(Flag(), default=True)
    """Whether bans of the last run are still in force."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv4Remapping:
    """How wide an IPv4 ban becomes for downloaders and exports."""

    enabled: bool = setting(Flag(), default=False)
    remap_range: int = setting(Whole(1, 32), 30)
    """Prefix length in bits."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv6Remapping:
    """How wide an IPv6 ban becomes for downloaders and exports."""

    enabled: bool = setting(Flag(), default=True)
    remap_range: int = setting(Whole(1, 128), 52)
    """Prefix length in bits."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanListRemapping:
    """Both families; reference/rules.md 1.13."""

    ipv4: Ipv4Remapping = section(Ipv4Remapping)
    ipv6: Ipv6Remapping = section(Ipv6Remapping)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnels:
    """Which tunnelled peers are judged by the IPv4 address they carry."""

    teredo: bool = setting(Flag(), default=False)
    nat64: bool = setting(Flag(), default=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpDatabase:
    """Where the geographic databases come from."""

    auto_update: bool = setting(Flag(), default=True)
    """Whether they are downloaded, and again when they are old."""
    database_city: str = setting(Line(), "GeoLite2-City")
    """Name of the file that is downloaded; empty for none, also below."""
    database_asn: str = setting(Line(), "GeoLite2-ASN")
    database_geocn: str = setting(Line(), "GeoCN")
    account_id: str = setting(Line(), "")
    license_key: Secret = setting(SecretLine(), Secret())

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolvers:
    """Who is asked for reverse names."""

    servers: tuple[str, ...] = setting(Lines(), ())
    """Addresses of DNS servers, with a port where it is not 53 (`[2001:db8::1]:5353`)."""
    use_system: bool = setting(Flag(), default=True)

    def __post_init__(self) -> None:
        check(self)


class ProxyKind(IntEnum):
    """PBH's codes."""

    NONE = 0
    HTTP = 1
    SOCKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """How lists and databases are fetched; each downloader has a proxy of its own, or none."""

    code: int = setting(Whole(0, 2), 0, key="setting")
    """A ProxyKind."""
    host: str = setting(Host(), "127.0.0.1")
    port: int = setting(Whole(1, MAX_PORT), 7890)
    non_proxy_hosts: str = setting(Line(), "")
    """Names with `*` and `?`, joined by `|`, that are asked directly."""

    def __post_init__(self) -> None:
        check(self)

    @property
    def kind(self) -> ProxyKind:
        """What the code means."""
        return ProxyKind(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What is asked of others about peers."""

    dns_reverse_lookup: bool = setting(Flag(), default=False)
    """Whether banned addresses get their names."""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """The window and the tray; ours, PBH has other keys."""

    theme: Theme = setting(Choice(Theme), Theme.SYSTEM)
    close_to_tray: bool = setting(Flag(), default=True)
    """Whether closing the window leaves the program running."""
    notify_bans: bool = setting(Flag(), default=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All of config.yml that we read."""

    language: str = setting(Language(), "default")
    """`default` for the system's, else a tag such as `zh_cn`."""
    installation_id: str = setting(Line(), "")
    """A random UUID, made with the file."""
    server: Server = section(Server)
    persist: Persist = section(Persist)
    banlist_remapping: BanListRemapping = section(BanListRemapping)
    ip_remapping: Tunnels = section(Tunnels)
    lookup: Lookup = section(Lookup)
    ip_database: IpDatabase = section(IpDatabase)
    resolvers: Resolvers = section(Resolvers)
    proxy: Proxy = section(Proxy)
    desktop: Desktop = section(Desktop)
    downloaders: tuple[DownloaderSettings, ...] = ()
    """In the file's order."""
    unsupported: tuple[UnsupportedDownloader, ...] = ()

    def __post_init__(self) -> None:
        check(self)
        seen: set[str] = set()
        entries: tuple[DownloaderSettings | UnsupportedDownloader, ...]
        entries = (*self.downloaders, *self.unsupported)
        for entry in entries:
            if entry.name in seen:
                problem = Problem(
                    path=(SECTION, entry.id, "name"),
                    value=entry.name,
                    allowed=Text("allowed-own-name"),
                )
                raise InvalidSetting(problem)
            seen.add(entry.name)


def read_config(raw: object) -> Config:
    """The values of a parsed config.yml; raises InvalidSetting with every problem."""
    reader = Reader()
    root = reader.mapping(raw, ())
    found = [
        add_downloader(reader, id, entry, (SECTION, id))
        for id, entry in reader.mapping(root.get(SECTION), (SECTION,)).items()  # noqa: A001
    ]
    config = reader.area(
        Config,
        root,
        downloaders=tuple(entry for entry in found if isinstance(entry, DownloaderSettings)),
        unsupported=tuple(entry for entry in found if isinstance(entry, UnsupportedDownloader)),
    )
    return reader.finish(config)
