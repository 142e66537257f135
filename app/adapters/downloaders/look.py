"""What one look at a downloader costs, and the snapshot that it ends with."""

from __future__ import annotations

import time
from typing import Protocol

from app.domain.address import IPAddress
from app.domain.snapshot import Snapshot, TorrentPeers


class Traffic(Protocol):
    """What counts, over its whole life, what goes to a downloader and comes back."""

    @property
    def requests(self) -> int: ...

    @property
    def received(self) -> int:
        """Bytes of answers."""
        ...


class Look:
    """Begins when it is made."""

    __slots__ = ("_received", "_requests", "_started", "_traffic")

    def __init__(self, traffic: Traffic) -> None:
        self._started = time.perf_counter()
        self._traffic = traffic
        self._requests, self._received = traffic.requests, traffic.received

    def end(
        self,
        at: int,
        torrents: tuple[TorrentPeers, ...],
        *,
        worked: float,
        totals: tuple[int | None, int | None] = (None, None),
        external: tuple[IPAddress, ...] = (),
    ) -> Snapshot:
        """What was seen; `worked` are seconds of decoding, `totals` bytes ever sent and received."""
        return Snapshot(
            at=at,
            torrents=torrents,
            upload_rate=sum(listed.torrent.upload_rate for listed in torrents),
            download_rate=sum(listed.torrent.download_rate for listed in torrents),
            all_time_uploaded=totals[0],
            all_time_downloaded=totals[1],
            external=external,
            requests=self._traffic.requests - self._requests,
            received=self._traffic.received - self._received,
            fetch_time=max(0.0, time.perf_counter() - self._started - worked),
            decode_time=worked,
        )
