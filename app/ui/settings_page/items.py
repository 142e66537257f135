"""The settings that the Settings page shows, as data."""

from __future__ import annotations

from typing import Final

from app.domain.string_rule import UnmetIf
from app.locale import N_
from app.settings.config import ProxyKind, Theme
from app.settings.kind import (
    MAX_PORT,
    Choice,
    Days,
    Flag,
    Host,
    Language,
    Line,
    Milliseconds,
    Number,
    SecretLine,
    Url,
    Whole,
)
from app.settings.list_kind import Lines, Prefixes
from app.ui.settings_page.item import CONFIG, DEFAULTS, PROFILE, Item, Section, Shape
from app.ui.settings_page.record_items import RECORDS, TRAFFIC

__all__ = [
    "BREAKER",
    "CONFIG",
    "DEFAULTS",
    "GENERAL",
    "LOOKUP",
    "NETWORK",
    "PROFILE",
    "SECTIONS",
    "SERVER",
    "WATCHING",
    "WIDENING",
    "Item",
    "Section",
]

GENERAL: Final = Section(
    key="general",
    name=N_("General"),
    icon="monitor",
    items=(
        Item(
            file=CONFIG,
            path=("language",),
            name=N_("Language"),
            kind=Language(),
            value=lambda s: s.config.language,
            choices=(
                ("default", N_("as the system")),
                ("en_us", "English"),
                ("zh_cn", "简体中文"),
                ("zh_tw", "繁體中文"),
            ),
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("desktop", "theme"),
            name=N_("Colours"),
            kind=Choice(Theme),
            value=lambda s: s.config.desktop.theme,
            choices=(
                (Theme.SYSTEM, N_("as the system")),
                (Theme.LIGHT, N_("light")),
                (Theme.DARK, N_("dark")),
            ),
        ),
        Item(
            file=CONFIG,
            path=("desktop", "close-to-tray"),
            name=N_("Keep running in the tray when the window is closed"),
            kind=Flag(),
            value=lambda s: s.config.desktop.close_to_tray,
        ),
        Item(
            file=CONFIG,
            path=("desktop", "notify-bans"),
            name=N_("Notify on bans, at most once in 5 min"),
            kind=Flag(),
            value=lambda s: s.config.desktop.notify_bans,
        ),
    ),
)
WATCHING: Final = Section(
    key="watching",
    name=N_("Watching and banning"),
    icon="shield",
    items=(
        Item(
            file=PROFILE,
            path=("check-interval",),
            name=N_("Pause between sweeps"),
            kind=Milliseconds(100),
            value=lambda s: s.profile.check_interval,
            unit=N_("ms"),
        ),
        Item(
            file=PROFILE,
            path=("ban-duration",),
            name=N_("Length of a ban"),
            kind=Milliseconds(1),
            value=lambda s: s.profile.ban_duration,
            hint=N_("Where its rule says nothing else."),
            unit=N_("ms"),
        ),
        Item(
            file=PROFILE,
            path=("ignore-peers-from-addresses",),
            name=N_("Never judged"),
            kind=Prefixes(),
            value=lambda s: s.profile.ignore_peers_from_addresses,
            hint=N_("Addresses and networks, one a line: your own, VPNs, this computer."),
        ),
        Item(
            file=PROFILE,
            path=("rules", "unmet-if"),
            name=N_("A pattern whose “if” is not met"),
            kind=Choice(UnmetIf),
            value=lambda s: s.profile.rules.unmet_if,
            choices=(
                (UnmetIf.SKIP, N_("says nothing")),
                (UnmetIf.VETO, N_("ends its list, as in PeerBanHelper")),
            ),
        ),
        Item(
            file=CONFIG,
            path=("persist", "banlist"),
            name=N_("Bans are still in force after a restart"),
            kind=Flag(),
            value=lambda s: s.config.persist.banlist,
        ),
        Item(
            file=CONFIG,
            path=("persist", "ban-logs-keep-days"),
            name=N_("Keep the history of bans"),
            kind=Days(),
            value=lambda s: s.config.persist.ban_logs_keep_days,
            hint=N_("0 keeps all of it."),
            unit=N_("days"),
        ),
    ),
)
WIDENING: Final = Section(
    key="widening",
    name=N_("Whole networks"),
    icon="network",
    items=(
        Item(
            file=CONFIG,
            path=("banlist-remapping", "ipv4", "enabled"),
            name=N_("Ban whole IPv4 networks in downloaders and exports"),
            kind=Flag(),
            value=lambda s: s.config.banlist_remapping.ipv4.enabled,
        ),
        Item(
            file=CONFIG,
            path=("banlist-remapping", "ipv4", "remap-range"),
            name=N_("Their prefix length"),
            kind=Whole(1, 32),
            value=lambda s: s.config.banlist_remapping.ipv4.remap_range,
            hint=N_("30 is 4 addresses."),
            unit=N_("bits"),
        ),
        Item(
            file=CONFIG,
            path=("banlist-remapping", "ipv6", "enabled"),
            name=N_("Ban whole IPv6 networks in downloaders and exports"),
            kind=Flag(),
            value=lambda s: s.config.banlist_remapping.ipv6.enabled,
        ),
        Item(
            file=CONFIG,
            path=("banlist-remapping", "ipv6", "remap-range"),
            name=N_("Their prefix length"),
            kind=Whole(1, 128),
            value=lambda s: s.config.banlist_remapping.ipv6.remap_range,
            hint=N_("Most lines get a whole network, from which a peer takes new addresses."),
            unit=N_("bits"),
        ),
        Item(
            file=CONFIG,
            path=("ip-remapping", "teredo"),
            name=N_("Judge Teredo peers by the IPv4 address that they carry"),
            kind=Flag(),
            value=lambda s: s.config.ip_remapping.teredo,
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("ip-remapping", "nat64"),
            name=N_("Judge NAT64 peers by the IPv4 address that they carry"),
            kind=Flag(),
            value=lambda s: s.config.ip_remapping.nat64,
            restart=True,
        ),
    ),
)
SERVER: Final = Section(
    key="server",
    name=N_("Server"),
    icon="server",
    items=(
        Item(
            file=CONFIG,
            path=("server", "http"),
            name=N_("Port"),
            kind=Whole(0, MAX_PORT),
            value=lambda s: s.config.server.http,
            hint=N_("0 takes a free one."),
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("server", "address"),
            name=N_("Listens at"),
            kind=Host(),
            value=lambda s: s.config.server.address,
            hint=N_("127.0.0.1 is this computer only; 0.0.0.0 is every network it is in."),
            restart=True,
        ),
        Item(
            file=CONFIG,
            path=("server", "prefix"),
            name=N_("Downloaders reach it at"),
            kind=Url("http://127.0.0.1:9898"),
            value=lambda s: s.config.server.prefix,
        ),
    ),
)
BREAKER: Final = Section(
    key="breaker",
    name=N_("Circuit breaker"),
    icon="shield-alert",
    items=(
        Item(
            file=PROFILE,
            path=("circuit-breaker", "enabled"),
            name=N_("Stop and ask when rules would ban very many at once"),
            kind=Flag(),
            value=lambda s: s.profile.circuit_breaker.enabled,
            hint=N_("A rule that errs then cannot empty your swarms."),
        ),
        Item(
            file=PROFILE,
            path=("circuit-breaker", "share"),
            name=N_("Too many are more than"),
            kind=Number(0.01, 1),
            value=lambda s: s.profile.circuit_breaker.share,
            hint=N_("Of all peers."),
            shape=Shape.SHARE,
        ),
        Item(
            file=PROFILE,
            path=("circuit-breaker", "peers"),
            name=N_("But at least"),
            kind=Whole(1, 1_000_000),
            value=lambda s: s.profile.circuit_breaker.peers,
            hint=N_("Fewer never count as too many."),
            unit=N_("peers"),
        ),
        Item(
            file=PROFILE,
            path=("circuit-breaker", "window"),
            name=N_("Within"),
            kind=Milliseconds(1_000),
            value=lambda s: s.profile.circuit_breaker.window,
        ),
    ),
)
LOOKUP: Final = Section(
    key="lookup",
    name=N_("Places and names"),
    icon="globe",
    items=(
        Item(
            file=CONFIG,
            path=("ip-database", "auto-update"),
            name=N_("Download the databases of places, and again when they are old"),
            kind=Flag(),
            value=lambda s: s.config.ip_database.auto_update,
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-city"),
            name=N_("Database of cities"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_city,
            hint=N_("Name of its file; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-asn"),
            name=N_("Database of networks"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_asn,
            hint=N_("It knows the network operator (ASN) of an address; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "database-geocn"),
            name=N_("Database of China"),
            kind=Line(),
            value=lambda s: s.config.ip_database.database_geocn,
            hint=N_("It knows provinces and kinds of connection; empty for none."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "account-id"),
            name=N_("MaxMind account"),
            kind=Line(),
            value=lambda s: s.config.ip_database.account_id,
            hint=N_("Shown to the download sites with its key; they work without."),
        ),
        Item(
            file=CONFIG,
            path=("ip-database", "license-key"),
            name=N_("MaxMind license key"),
            kind=SecretLine(),
            value=lambda s: s.config.ip_database.license_key,
        ),
        Item(
            file=CONFIG,
            path=("lookup", "dns-reverse-lookup"),
            name=N_("Look up the names of banned addresses"),
            kind=Flag(),
            value=lambda s: s.config.lookup.dns_reverse_lookup,
            hint=N_("The name servers then learn which addresses you ban."),
        ),
        Item(
            file=CONFIG,
            path=("resolvers", "use-system"),
            name=N_("Ask the name servers of this computer"),
            kind=Flag(),
            value=lambda s: s.config.resolvers.use_system,
        ),
        Item(
            file=CONFIG,
            path=("resolvers", "servers"),
            name=N_("Other name servers"),
            kind=Lines(),
            value=lambda s: s.config.resolvers.servers,
            hint=N_("Addresses, one a line, with a port where it is not 53."),
        ),
    ),
)
NETWORK: Final = Section(
    key="network",
    name=N_("Proxy"),
    icon="share-2",
    items=(
        Item(
            file=CONFIG,
            path=("proxy", "setting"),
            name=N_("Lists and databases are fetched"),
            kind=Whole(0, 2),
            value=lambda s: s.config.proxy.code,
            hint=N_("Each downloader has a proxy setting of its own."),
            choices=(
                (int(ProxyKind.NONE), N_("directly")),
                (int(ProxyKind.HTTP), N_("through an HTTP proxy")),
                (int(ProxyKind.SOCKS), N_("through a SOCKS proxy")),
            ),
        ),
        Item(
            file=CONFIG,
            path=("proxy", "host"),
            name=N_("Its address"),
            kind=Host(),
            value=lambda s: s.config.proxy.host,
        ),
        Item(
            file=CONFIG,
            path=("proxy", "port"),
            name=N_("Its port"),
            kind=Whole(1, MAX_PORT),
            value=lambda s: s.config.proxy.port,
        ),
        Item(
            file=CONFIG,
            path=("proxy", "non-proxy-hosts"),
            name=N_("Fetched directly from"),
            kind=Line(),
            value=lambda s: s.config.proxy.non_proxy_hosts,
            hint=N_("Host names with * and ?, separated by |."),
        ),
    ),
)
SECTIONS: Final = (
    GENERAL,
    WATCHING,
    BREAKER,
    WIDENING,
    LOOKUP,
    TRAFFIC,
    RECORDS,
    NETWORK,
    SERVER,
)
