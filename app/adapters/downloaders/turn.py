"""Says in which sweeps a torrent is asked for its peers: each request costs both sides about a millisecond of CPU."""

from __future__ import annotations

from typing import Final

RESTING: Final = 6
"""A torrent with connected peers that moves nothing is asked every so many sweeps."""
LONELY: Final = 60
"""So is one without: a connection can come and go between two looks at the counters."""
PUT_OFF: Final = 6
"""Sweeps in which one is left alone that did not answer in time: each would have to wait for it again."""


class Turn:
    """One torrent's place in the order of sweeps; the same for the same hash, so that not all come at once."""

    __slots__ = ("_asked", "_offset", "_put_off", "_settling", "_stirred", "overdue", "pending")

    def __init__(self, torrent_id: str) -> None:
        self._offset = sum(torrent_id.encode()) % LONELY
        self._asked = self._settling = self._stirred = False
        self.pending = False
        """Whether it is to be asked; stays until it was."""
        self.overdue = False
        """Whether it did not answer when it was asked last."""
        self._put_off = 0

    @property
    def certain(self) -> bool:
        """Whether the next sweep asks it whatever happens."""
        return self.pending or self._settling

    def stir(self) -> None:
        """Its counters changed."""
        self._stirred = True

    def begin(self, sweep: int, *, moving: bool, connected: int) -> None:
        """Look at sweep number `sweep`; one that has just come to rest is asked once more for its final state."""
        if self._put_off:
            self._put_off -= 1
            self.pending = self._put_off == 0
            return
        turn = sweep + self._offset
        moving = moving or self._stirred
        resting_turn = not self._asked or turn % RESTING == 0
        if moving or self._settling or (connected and resting_turn) or turn % LONELY == 0:
            self.pending = True
        self._settling, self._stirred = moving, False

    def done(self) -> None:
        """It was asked."""
        self._asked, self.pending, self.overdue = True, False, False

    def put_off(self) -> None:
        """It was asked and did not answer in time; it is asked again some sweeps later."""
        self.pending, self.overdue, self._put_off = False, True, PUT_OFF
