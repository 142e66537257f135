"""The BitTorrent clients that we watch and steer, each behind `app.services.ports.Downloader`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.adapters.downloaders.biglybt.downloader import BiglyBT
from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.adapters.downloaders.rtorrent.downloader import RTorrent
from app.adapters.downloaders.surroundings import Surroundings
from app.services.ports import Downloader
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import (
    BIGLYBT,
    QBITTORRENT,
    QBITTORRENT_EE,
    RTORRENT,
)

_ADAPTERS: Final[Mapping[str, Callable[[DownloaderSettings, Surroundings], Downloader]]] = {
    RTORRENT: RTorrent,
    QBITTORRENT: QBittorrent,
    BIGLYBT: BiglyBT,
    QBITTORRENT_EE: QBittorrent,
}


def open_downloader(settings: DownloaderSettings, *, around: Surroundings) -> Downloader:
    """The client of the settings' kind; it connects when first asked to, and its owner closes it."""
    return _ADAPTERS[settings.type](settings, around)
