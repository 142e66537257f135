"""What each peer's upload did in the last 30 sweeps, kept only for peers that had any."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import Final

from app.services.events import JudgedPeer, PeerKey
from app.ui.delegates import Trail, sqrt_scale

SAMPLES: Final = 30
_NOTHING: Final = Trail(None, 0, ())
_LEVELS: Final = 64


class Trails:
    """Remembers changes of rates, not samples: a peer whose rate stays costs nothing."""

    def __init__(self) -> None:
        self._steps: dict[PeerKey, deque[tuple[int, int]]] = {}
        self._sweeps: defaultdict[str, int] = defaultdict(int)
        self._tops: deque[int] = deque(maxlen=SAMPLES)
        self._begun = 0
        self._level = 0

    def __len__(self) -> int:
        return len(self._steps)

    def begin(self, downloader: str) -> None:
        """A sweep of `downloader` begins to come in."""
        self._sweeps[downloader] += 1
        if self._sweeps[downloader] % SAMPLES == 0:
            self._forget_quiet(downloader)
        self._begun += 1
        # Who keeps a rate is not noted again, and would drop out of the scale while still in the picture.
        self._tops.append(self._highest() if self._begun % SAMPLES == 0 else 0)

    def note(self, downloader: str, changed: Iterable[tuple[PeerKey, JudgedPeer]]) -> None:
        """Take the rates of peers that changed in the sweep that `begin` announced."""
        sweep, kept, top = self._sweeps[downloader], self._steps, 0
        for key, judged in changed:
            rate = judged.peer.upload_rate
            steps = kept.get(key)
            if steps is None:
                if rate > 0:
                    kept[key] = deque(((sweep, rate),), maxlen=SAMPLES)
            elif steps[-1][1] != rate:
                steps.append((sweep, rate))
            top = max(top, rate)
        if self._tops and top > self._tops[-1]:
            self._tops[-1] = top
        highest = max(self._tops, default=0)
        self._level = math.ceil(math.log2(highest)) if highest > 1 else 0

    def forget(self, keys: Collection[PeerKey]) -> None:
        """These peers are gone."""
        for key in keys:
            self._steps.pop(key, None)

    def of(self, key: PeerKey) -> Trail:
        """The picture of one peer, on a scale that all share and that changes by doubling only."""
        steps = self._steps.get(key)
        if steps is None:
            return _NOTHING
        sweep = self._sweeps[key.downloader]
        number = sweep * _LEVELS + self._level
        return Trail(key, number, sqrt_scale(_samples(steps, sweep), 2.0**self._level))

    def _highest(self) -> int:
        return max((steps[-1][1] for steps in self._steps.values()), default=0)

    def _forget_quiet(self, downloader: str) -> None:
        """Peers that have sent nothing through all of the picture need none."""
        limit = self._sweeps[downloader] - SAMPLES
        quiet = [
            key
            for key, steps in self._steps.items()
            if key.downloader == downloader and steps[-1][1] <= 0 and steps[-1][0] < limit
        ]
        self.forget(quiet)


def _samples(steps: Collection[tuple[int, int]], last: int) -> list[float]:
    """The rate at each of the last sweeps: each step holds until the next one."""
    samples = [0.0] * SAMPLES
    first = last - SAMPLES + 1
    for at, rate in steps:
        begin = max(at - first, 0)
        samples[begin:] = [float(rate)] * (SAMPLES - begin)
    return samples
