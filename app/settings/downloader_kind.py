"""The kinds of downloaders that we can watch: how config.yml names them, and which settings each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

QBITTORRENT: Final = "qbittorrent"
QBITTORRENT_EE: Final = "qbittorrentee"
TRANSMISSION: Final = "transmission"
DELUGE: Final = "raccoonfink/deluge"
BIGLYBT: Final = "biglybt"
BITCOMET: Final = "bitcomet"
ARIA2_NEXT: Final = "aria2next"
RTORRENT: Final = "rtorrent"
ARIA2: Final = "aria2"

_WEB: Final = ("http", "https")
_EVERY: Final = frozenset(
    {"type", "name", "endpoint", "ignore_private", "paused", "sweep_deadline"}
)
_HTTP: Final = frozenset({"verify_ssl", "trusted_certificate", "proxy"})
_LOGIN: Final = frozenset({"username", "password"})
_QB: Final = _LOGIN | {"api_key", "basic_auth", "increment_ban", "use_shadow_ban"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloaderKind:
    """One kind, as settings see it."""

    key: str
    """What `type` is in config.yml."""
    name: str
    """As PBH and users call it."""
    endpoint: str
    """An example of its address."""
    switch_on: str
    """Id of the sentence that says what to do there before anything can reach it."""
    own: frozenset[str]
    """The fields of DownloaderSettings that only some kinds have, and this one has."""
    schemes: tuple[str, ...] = _WEB
    aliases: tuple[str, ...] = ()
    """Other words for `type`."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Of fields whose default differs from that of DownloaderSettings."""

    @property
    def fields(self) -> frozenset[str]:
        """All the fields that stand in the file for it."""
        return _EVERY | self.own


DOWNLOADER_KINDS: Final = {
    kind.key: kind
    for kind in (
        DownloaderKind(
            key=QBITTORRENT,
            name="qBittorrent",
            endpoint="http://127.0.0.1:8080",
            switch_on="switch-on-qbittorrent",
            own=_HTTP | _QB,
        ),
        DownloaderKind(
            key=QBITTORRENT_EE,
            name="qBittorrentEE",
            endpoint="http://127.0.0.1:8080",
            switch_on="switch-on-qbittorrent",
            own=_HTTP | _QB,
        ),
        DownloaderKind(
            key=TRANSMISSION,
            name="Transmission",
            endpoint="http://127.0.0.1:9091",
            switch_on="switch-on-transmission",
            own=_HTTP | _LOGIN | {"rpc_url", "replace_blocklist"},
            defaults={"rpc_url": "/transmission/rpc"},
        ),
        DownloaderKind(
            key=DELUGE,
            name="Deluge",
            endpoint="http://127.0.0.1:8112",
            switch_on="switch-on-deluge",
            own=_HTTP
            | {"password", "rpc_url", "increment_ban", "allow_plugin", "replace_blocklist"},
            aliases=("deluge",),
            defaults={"rpc_url": "/json", "increment_ban": True},
        ),
        DownloaderKind(
            key=RTORRENT,
            name="rTorrent",
            endpoint="scgi://127.0.0.1:5000",
            switch_on="switch-on-rtorrent",
            own=_HTTP | _LOGIN,
            schemes=(*_WEB, "scgi"),
        ),
        DownloaderKind(
            key=BIGLYBT,
            name="BiglyBT",
            endpoint="http://127.0.0.1:7759",
            switch_on="switch-on-biglybt",
            own=_HTTP | {"token", "increment_ban"},
            aliases=("vuze", "azureus"),
            defaults={"increment_ban": True},
        ),
        DownloaderKind(
            key=BITCOMET,
            name="BitComet",
            endpoint="http://127.0.0.1:1235",
            switch_on="switch-on-bitcomet",
            own=_HTTP | _LOGIN | {"increment_ban"},
            defaults={"increment_ban": True},
        ),
        DownloaderKind(
            key=ARIA2_NEXT,
            name="Aria2Next",
            endpoint="http://127.0.0.1:6800/jsonrpc",
            switch_on="switch-on-aria2next",
            own=_HTTP | {"token"},
        ),
        DownloaderKind(
            key=ARIA2,
            name="aria2",
            endpoint="http://127.0.0.1:6800/jsonrpc",
            switch_on="switch-on-aria2",
            own=_HTTP | {"token"},
        ),
    )
}
"""By key, in the order in which they are offered."""

_BY_WORD: Final = {
    word: kind for kind in DOWNLOADER_KINDS.values() for word in (kind.key, *kind.aliases)
}


def kind_named(word: str) -> DownloaderKind | None:
    """The kind that `type` means, in any case."""
    return _BY_WORD.get(word.strip().lower())
