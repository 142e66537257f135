"""The settings that the Settings page shows, as data."""

from __future__ import annotations

from typing import Final

from app.domain.string_rule import UnmetIf
from app.locale import N_
from app.settings.config import Theme
from app.settings.kind import Choice, Days, Flag, Language, Milliseconds, Number, Whole
from app.settings.list_kind import Prefixes
from app.ui.settings_page.item import CONFIG, DEFAULTS, PROFILE, Item, Section, Shape
from app.ui.settings_page.network_items import LOOKUP, NETWORK, SERVER
from app.ui.settings_page.record_items import RECORDS, TRAFFIC

__all__ = [
    "BREAKER",
    "CONFIG",
    "DEFAULTS",
    "GENERAL",
    "PROFILE",
    "SECTIONS",
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
