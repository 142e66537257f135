"""Remembers which ranges in the filter are ours without being a whole entry, as ranges of the user's lie between.

No list of entries names them, so that they would be taken for the user's own after a restart of ours.
"""

from __future__ import annotations

import logging
from typing import TypeAlias

import msgspec
from msgspec import Struct

from app.adapters.downloaders.effort import computed
from app.adapters.downloaders.rtorrent.filter import Span
from app.services.ports import Facts

log = logging.getLogger(__name__)

Spans: TypeAlias = frozenset[Span]


class _Kept(Struct, frozen=True):
    run: str
    """Of rTorrent: the next one has none of them in its filter."""
    spans: Spans = frozenset()


_NOTHING = _Kept("")


class Parts:
    """Of one rTorrent; raises StorageError."""

    def __init__(self, facts: Facts, key: str) -> None:
        """They are remembered under `key`."""
        self._facts, self._key = facts, key
        self._kept: _Kept | None = None
        """As remembered; None until it was looked up."""

    async def of(self, run: str) -> Spans:
        """Those that were put there in `run`; none when that has ended."""
        kept = self._kept or await self._recall()
        return kept.spans if kept.run == run else _NOTHING.spans

    async def keep(self, run: str, spans: Spans) -> None:
        """Remember `spans`, unless that is what is remembered."""
        kept = self._kept or await self._recall()
        wanted = _Kept(run, spans) if spans else _NOTHING
        if wanted != kept:
            text = (await computed(len(spans), msgspec.json.encode, wanted)).decode()
            await self._facts.remember(self._key, text if spans else None)
            self._kept = wanted

    async def _recall(self) -> _Kept:
        text = await self._facts.recall(self._key)
        try:
            self._kept = msgspec.json.decode(text, type=_Kept) if text else _NOTHING
        except msgspec.DecodeError:
            log.warning("what was remembered of parts of bans is unreadable")
            self._kept = _NOTHING
        return self._kept
