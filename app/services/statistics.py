"""Counts since the start, and fixed-size rings of samples that charts draw."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.address import Prefix
from app.services.ban_list import BanList
from app.services.events import (
    BansChanged,
    DownloadersChanged,
    EventBus,
    PauseChanged,
    SweepFailed,
    Swept,
)
from app.services.ports import Clock

SAMPLE_MS: Final = 5_000
_KEPT: Final = 24 * 3600 * 1000 // SAMPLE_MS


@dataclass(frozen=True, slots=True)
class Sample:
    """All downloaders together at one instant."""

    at: int
    """Epoch milliseconds."""
    to_good: int
    """Bytes per second to peers that may have them."""
    to_banned: int
    """Bytes per second to peers that are banned or about to be."""
    bans: int
    """Entries of the ban list that are shown."""
    new_bans: int
    """Bans since the sample before."""


class Statistics:
    """Follows sweeps and bans; `sample` is called on a fixed beat."""

    def __init__(self, ban_list: BanList, bus: EventBus, clock: Clock) -> None:
        self._list, self._clock = ban_list, clock
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self._rates: dict[str, tuple[int, int]] = {}
        self._new_bans = 0
        self._short: set[Prefix] = set()
        self._paused = False
        self.started = clock()
        """Epoch milliseconds."""
        self.sweeps = 0
        self.bans = 0
        """Bans since the start, technical ones left out."""
        self.unbans = 0
        self.taken = 0
        """Bytes that banned peers had from us when they were banned."""
        bus.subscribe(Swept, self._on_swept)
        bus.subscribe(SweepFailed, self._on_failed)
        bus.subscribe(DownloadersChanged, self._on_downloaders)
        bus.subscribe(BansChanged, self._on_bans)
        bus.subscribe(PauseChanged, self._on_pause)

    def samples(self, *, since: int = 0) -> Sequence[Sample]:
        """The samples taken after `since` (epoch ms), oldest first; a day of them at most."""
        return [sample for sample in self._samples if sample.at > since]

    def sample(self) -> Sample:
        """Take one."""
        good = sum(to_good for to_good, _ in self._rates.values())
        banned = sum(to_banned for _, to_banned in self._rates.values())
        taken = Sample(
            self._clock(), good, banned, len(self._list) - len(self._short), self._new_bans
        )
        self._new_bans = 0
        self._samples.append(taken)
        return taken

    def _on_swept(self, event: Swept) -> None:
        self.sweeps += 1
        if not self._paused:  # else a sweep that was under way would stand there all the time
            self._rates[event.downloader] = event.to_good, event.to_banned

    def _on_failed(self, event: SweepFailed) -> None:
        self._rates.pop(event.downloader, None)

    def _on_downloaders(self, event: DownloadersChanged) -> None:
        for downloader in event.gone:
            self._rates.pop(downloader, None)

    def _on_pause(self, event: PauseChanged) -> None:
        self._paused = event.paused
        self._rates.clear()

    def _on_bans(self, event: BansChanged) -> None:
        self._short.difference_update(ban.prefix for ban in (*event.added, *event.removed))
        self._short.update(ban.prefix for ban in event.added if ban.disconnect)
        real = [ban for ban in event.added if event.news and not ban.disconnect]
        self.bans += len(real)
        self._new_bans += len(real)
        self.unbans += sum(not ban.disconnect for ban in event.removed)
        self.taken += sum(max(0, ban.peer.uploaded) for ban in real if ban.peer is not None)
