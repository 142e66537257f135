"""The BitTorrent clients that we watch and steer, each behind `app.services.ports.Downloader`."""

from __future__ import annotations

from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.domain.address import Translation
from app.services.ports import Clock, Downloader
from app.settings.downloader import QBITTORRENT, DownloaderSettings


def open_downloader(
    settings: DownloaderSettings, *, translation: Translation, clock: Clock
) -> Downloader:
    """The client of the settings' kind; it connects when first asked to, and its owner closes it."""
    if settings.type != QBITTORRENT:  # the settings let no other pass
        raise ValueError(settings.type)
    return QBittorrent(settings, translation=translation, clock=clock)
