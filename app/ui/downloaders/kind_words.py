"""What the editor says of each kind of downloader: its name, what is special about it, where its secrets are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.locale import N_, _
from app.settings.downloader_kind import (
    ARIA2,
    ARIA2_NEXT,
    BIGLYBT,
    BITCOMET,
    DELUGE,
    QBITTORRENT,
    QBITTORRENT_EE,
    RTORRENT,
    TRANSMISSION,
    DownloaderKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """Message ids, marked with N_(); looked up when shown."""

    hints: Mapping[str, str] = field(default_factory=dict)
    """Below a field, by the field's name in DownloaderSettings; the other fields have the same hint for all kinds."""
    note: str = ""
    """Below the list of kinds, after what to switch on there."""
    title: str = ""
    """In the list of kinds, where it is not the name of the kind alone."""


_AS_IN_BROWSER: Final = N_("Of its WebUI, as you open it in a browser.")
_QB_KEY: Final = N_("Instead of user name and password, from qBittorrent 5.2 on.")
_ARIA2_URL: Final = N_("The whole URL of its JSON-RPC, usually with /jsonrpc at its end.")
_ARIA2_TOKEN: Final = N_("What rpc-secret is set to in aria2.conf; empty where it is not set.")

KIND_WORDS: Final[Mapping[str, KindWords]] = {
    QBITTORRENT: KindWords(
        hints={"endpoint": _AS_IN_BROWSER, "api_key": _QB_KEY},
    ),
    QBITTORRENT_EE: KindWords(
        title=N_("qBittorrent Enhanced"),
        hints={"endpoint": _AS_IN_BROWSER, "api_key": _QB_KEY},
    ),
    TRANSMISSION: KindWords(
        note=N_(
            "It fetches the ban list from PeerWarden: for one on another computer, set the address"
            " of this one in Settings, Server."
        ),
        hints={
            "endpoint": N_("Host and port alone; the path stands below More settings."),
            "username": N_("Only where remote access asks for them."),
        },
    ),
    DELUGE: KindWords(
        hints={
            "endpoint": N_("Of its web interface, as you open it in a browser; not of the daemon."),
            "password": N_("Of the web interface. It is “deluge” until you change it."),
        },
    ),
    RTORRENT: KindWords(
        hints={
            "endpoint": N_(
                "scgi:///path/to/rpc.socket, scgi://host:port, or http://host/RPC2 of a web server"
                " before it."
            ),
            "username": N_("Only where a web server before it asks for them."),
        },
    ),
    BIGLYBT: KindWords(
        title=N_("BiglyBT, Vuze"),
        hints={
            "endpoint": N_("Of the plugin's own server."),
            "token": N_(
                "In the plugin's settings. Press Save there once, or it changes with each restart."
            ),
        },
    ),
    BITCOMET: KindWords(
        hints={"endpoint": _AS_IN_BROWSER},
    ),
    ARIA2_NEXT: KindWords(
        title=N_("Aria2Next, Motrix Next"),
        hints={"endpoint": _ARIA2_URL, "token": _ARIA2_TOKEN},
    ),
    ARIA2: KindWords(
        title=N_("aria2 (watched only)"),
        note=N_(
            "It has no way to ban: its peers are judged and counted, and the bans can be exported to"
            " your firewall."
        ),
        hints={"endpoint": _ARIA2_URL, "token": _ARIA2_TOKEN},
    ),
}


def kind_title(kind: DownloaderKind) -> str:
    """Its name in the list of kinds."""
    title = KIND_WORDS[kind.key].title
    return _(title) if title else kind.name


def visible_fields(kind: DownloaderKind) -> frozenset[str]:
    """The fields of DownloaderSettings that a user can do something with."""
    # PBH keeps this switch for both; only the Enhanced Edition has what it switches.
    unused = frozenset() if kind.key == QBITTORRENT_EE else {"use_shadow_ban"}
    return kind.fields - unused
