"""When which peers are to be judged again though nothing about them changed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Final

from app.domain.address import Endpoint
from app.services.events import PeerKey

_SPARE_REVIEWS: Final = 1_000
"""Looks that were put off, beyond as many as are due, before they are cleared out."""


class Reviews:
    """When which peers are to be judged again though nothing happens."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, PeerKey]] = []
        self._at: dict[PeerKey, int] = {}
        self._count = 0

    def at(self, key: PeerKey, moment: int | None) -> None:
        """Have a peer judged at `moment`, epoch ms; None takes an earlier wish back."""
        if moment is None:
            self._at.pop(key, None)
        elif self._at.get(key) != moment:
            self._at[key] = moment
            self._count += 1
            heapq.heappush(self._heap, (moment, self._count, key))
            if len(self._heap) > 2 * len(self._at) + _SPARE_REVIEWS:
                # Those that were put off stand there until their time, which may be far.
                self._heap = [entry for entry in self._heap if self._at.get(entry[2]) == entry[0]]
                heapq.heapify(self._heap)

    def __len__(self) -> int:
        """Entries in memory, those put off included."""
        return len(self._heap)

    def due(self, now: int) -> dict[str, set[Endpoint]]:
        """The endpoints of those whose time has come, by torrent; they stay due until judged."""
        found: dict[str, set[Endpoint]] = {}
        late = []
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            if self._at.get(entry[2]) == entry[0]:
                late.append(entry)
                found.setdefault(entry[2].torrent, set()).add(entry[2].endpoint)
        for entry in late:
            heapq.heappush(self._heap, entry)
        return found

    def drop(self, keys: Iterable[PeerKey]) -> None:
        """These are gone."""
        for key in keys:
            self._at.pop(key, None)
