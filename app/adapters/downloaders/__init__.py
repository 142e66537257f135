"""The BitTorrent clients that we watch and steer, each behind `app.services.ports.Downloader`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.adapters.downloaders.aria2.downloader import Aria2
from app.adapters.downloaders.biglybt.downloader import BiglyBT
from app.adapters.downloaders.bitcomet.downloader import BitComet
from app.adapters.downloaders.deluge.downloader import Deluge
from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.adapters.downloaders.rtorrent.downloader import RTorrent
from app.adapters.downloaders.surroundings import Surroundings
from app.adapters.downloaders.transmission.downloader import Transmission
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

_ADAPTERS: Final[Mapping[str, Callable[[DownloaderSettings, Surroundings], Downloader]]] = {
    QBITTORRENT: QBittorrent,
    BITCOMET: BitComet,
    BIGLYBT: BiglyBT,
    DELUGE: Deluge,
    QBITTORRENT_EE: QBittorrent,
    RTORRENT: RTorrent,
    ARIA2_NEXT: Aria2,
    ARIA2: Aria2,
    TRANSMISSION: Transmission,
}


def open_downloader(settings: DownloaderSettings, *, around: Surroundings) -> Downloader:
    """The client of the settings' kind; it connects when first asked to, and its owner closes it."""
    return _ADAPTERS[settings.type](settings, around)
