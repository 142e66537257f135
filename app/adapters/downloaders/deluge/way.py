"""What the three ways to watch and to ban have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.adapters.downloaders.deluge.wire import TorrentWire
from app.domain.capabilities import Capabilities
from app.domain.peer import Peer
from app.domain.reason import Text
from app.services.ports import Push

Torrents: TypeAlias = Mapping[str, TorrentWire]
"""By id."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is connected."""

    peers: Mapping[str, Iterable[Peer]]
    """By the torrent's id; they are made while they are read."""
    restarted: bool = False
    """Whether the daemon has forgotten what it was told, without our noticing before."""


class Way(Protocol):
    """One of them, for as long as a session lives; raises RpcFailure and DaemonLost beside DownloaderError."""

    plugin: str
    """Its name; without it the way is over."""
    capabilities: Capabilities
    advice: Text | None
    keys: tuple[str, ...]
    """What it needs of each torrent beside what all need."""

    async def look(self, torrents: Torrents) -> Seen: ...

    async def apply(self, push: Push) -> None: ...
