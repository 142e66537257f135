"""Estimates the bytes of each peer from its rates, for clients that do not count them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from msgspec import Struct

from app.adapters.downloaders.number import LARGEST

_FORGOTTEN_AFTER: Final = 600.0
"""Seconds for which the estimate of a peer that is gone is kept: who comes back soon goes on from there."""
_LONGEST_STEP: Final = 60.0
"""Seconds between two looks over which a rate is taken to have lasted."""


class _Estimate(Struct, gc=False):
    at: float
    uploaded: float = 0.0
    downloaded: float = 0.0
    upload_rate: int = 0
    download_rate: int = 0


class Estimates:
    """Sums of rates over time, by peer: the mean of the rates at two looks, times the time between."""

    def __init__(self) -> None:
        self._peers: dict[Hashable, _Estimate] = {}
        self._swept = 0.0

    def add(
        self, key: Hashable, now: float, *, upload_rate: int, download_rate: int
    ) -> tuple[int, int]:
        """Bytes sent to and had from the peer `key` so far; rates in bytes per second, `now` in seconds."""
        known = self._peers.get(key)
        if known is None:
            known = self._peers[key] = _Estimate(now)
        step = min(max(0.0, now - known.at), _LONGEST_STEP)
        known.uploaded += (known.upload_rate + upload_rate) / 2 * step
        known.downloaded += (known.download_rate + download_rate) / 2 * step
        known.at, known.upload_rate, known.download_rate = now, upload_rate, download_rate
        return min(int(known.uploaded), LARGEST), min(int(known.downloaded), LARGEST)

    def tidy(self, now: float) -> None:
        """Forget who has been gone for long; called with each sweep."""
        if now - self._swept < _FORGOTTEN_AFTER:
            return
        self._swept = now
        old = now - _FORGOTTEN_AFTER
        self._peers = {key: each for key, each in self._peers.items() if each.at >= old}
