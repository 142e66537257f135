"""The BitTorrent clients that we watch and steer, each behind `app.services.ports.Downloader`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from app.adapters.downloaders.surroundings import Surroundings
from app.services.ports import Downloader
from app.settings.downloader import DownloaderSettings
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
)

_Adapter: TypeAlias = Callable[[DownloaderSettings, Surroundings], Downloader]


def open_downloader(settings: DownloaderSettings, *, around: Surroundings) -> Downloader:
    """The client of the settings' kind; it connects when first asked to, and its owner closes it."""
    return _ADAPTERS[settings.type]()(settings, around)


def _qbittorrent() -> _Adapter:
    from app.adapters.downloaders.qbittorrent.downloader import QBittorrent

    return QBittorrent


def _transmission() -> _Adapter:
    from app.adapters.downloaders.transmission.downloader import Transmission

    return Transmission


def _deluge() -> _Adapter:
    from app.adapters.downloaders.deluge.downloader import Deluge

    return Deluge


def _rtorrent() -> _Adapter:
    from app.adapters.downloaders.rtorrent.downloader import RTorrent

    return RTorrent


def _biglybt() -> _Adapter:
    from app.adapters.downloaders.biglybt.downloader import BiglyBT

    return BiglyBT


def _bitcomet() -> _Adapter:
    from app.adapters.downloaders.bitcomet.downloader import BitComet

    return BitComet


def _aria2() -> _Adapter:
    from app.adapters.downloaders.aria2.downloader import Aria2

    return Aria2


_ADAPTERS: Final[Mapping[str, Callable[[], _Adapter]]] = {
    QBITTORRENT: _qbittorrent,
    QBITTORRENT_EE: _qbittorrent,
    TRANSMISSION: _transmission,
    DELUGE: _deluge,
    RTORRENT: _rtorrent,
    BIGLYBT: _biglybt,
    BITCOMET: _bitcomet,
    ARIA2_NEXT: _aria2,
    ARIA2: _aria2,
}
