"""Turns rTorrent's torrents and peers into ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from app.adapters.downloaders.address import read_address
from app.adapters.downloaders.peer_id import read_peer_id
from app.adapters.downloaders.rtorrent.wire import PeerRow, TorrentRow
from app.domain.address import Translation
from app.domain.peer import Peer
from app.domain.torrent import Torrent

_UNKNOWN: Final = "Unknown"
"""Its word for a client whose id says nothing to it."""
_MISSPELT: Final = {"XeiLun": "Xunlei"}
"""By 0.9.8; rules go by the name that everybody else uses."""


def read_torrent(row: TorrentRow, tracker: str = "") -> Torrent:
    """A torrent; magnet links without metadata have no size."""
    return Torrent(
        id=row.hash,
        hash=row.hash.lower(),
        name=row.name,
        size=row.size,
        completed_size=row.completed,
        progress=min(1.0, row.completed / row.size) if row.size > 0 else 0.0,
        upload_rate=row.upload_rate,
        download_rate=row.download_rate,
        uploaded=row.uploaded,
        private=bool(row.private),
        category=unquote(row.label),
        tracker=tracker,
    )


def read_peers(rows: Iterable[PeerRow], translation: Translation) -> Iterator[Peer]:
    """Its peers, without those whose address nobody can read."""
    for row in rows:
        address = read_address(row.address, row.port, translation)
        if address is None:
            continue
        yield Peer(
            address=address,
            peer_id=read_peer_id(row.id),
            client_name=_name(row.client),
            progress=row.percent / 100,
            uploaded=row.uploaded,
            downloaded=row.downloaded,
            upload_rate=row.upload_rate,
            download_rate=row.download_rate,
        )


@lru_cache(maxsize=4_096)
def _name(text: str) -> str | None:
    if text in ("", _UNKNOWN):
        return None
    word, blank, version = text.partition(" ")
    return f"{_MISSPELT.get(word, word)}{blank}{version}"
