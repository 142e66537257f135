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
    """When which peers are to be judged again though nothing happens.

    Those of one sweep mostly have the same time, and stand together.
    """

    def __init__(self) -> None:
        self._at: dict[PeerKey, int] = {}
        self._moments: list[int] = []
        """A heap."""
        self._keys: dict[int, list[PeerKey]] = {}
        """By moment; some may have been put off since."""
        self._count = 0
        """Of all these keys."""

    def at(self, key: PeerKey, moment: int | None) -> None:
        """Have a peer judged at `moment`, epoch ms; None takes an earlier wish back."""
        if moment is None:
            self._at.pop(key, None)
        elif self._at.get(key) != moment:
            self._at[key] = moment
            self._note(moment, key)
            if self._count > 2 * len(self._at) + _SPARE_REVIEWS:
                self._clear_out()

    def __len__(self) -> int:
        """Entries in memory, those put off included."""
        return self._count

    def due(self, now: int) -> dict[str, set[Endpoint]]:
        """The endpoints of those whose time has come, by torrent; they stay due until judged."""
        come = []
        while self._moments and self._moments[0] <= now:
            come.append(heapq.heappop(self._moments))
        found: dict[str, set[Endpoint]] = {}
        for moment in come:
            keys = self._take(moment)
            self._put(moment, keys)
            for key in keys:
                found.setdefault(key.torrent, set()).add(key.endpoint)
        return found

    def drop(self, keys: Iterable[PeerKey]) -> None:
        """These are gone."""
        for key in keys:
            self._at.pop(key, None)

    def _note(self, moment: int, key: PeerKey) -> None:
        keys = self._keys.get(moment)
        if keys is None:
            self._put(moment, [key])
        else:
            keys.append(key)
            self._count += 1

    def _take(self, moment: int) -> list[PeerKey]:
        """Who is still to be judged then, each once."""
        keys = self._keys.pop(moment)
        self._count -= len(keys)
        return [key for key in dict.fromkeys(keys) if self._at.get(key) == moment]

    def _put(self, moment: int, keys: list[PeerKey]) -> None:
        if keys:
            self._keys[moment] = keys
            self._count += len(keys)
            heapq.heappush(self._moments, moment)

    def _clear_out(self) -> None:
        """Forget those that were put off: they would stand there until their time, which may be far."""
        moments, self._moments = self._moments, []
        for moment in moments:
            self._put(moment, self._take(moment))
