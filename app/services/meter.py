"""Adds up a counter that starts anew with each connection (reference/rules.md 6.4)."""

from __future__ import annotations

from msgspec import Struct


def grown(before: int, now: int) -> int:
    """What was added since it stood at `before`; a counter that fell began anew."""
    return now - before if now >= before else now


class Meter(Struct, gc=False):
    """What came together since the stored total was last brought up to date; bytes.

    Several connections may add to one total. What the store says of an earlier run is not known here: `base` is
    compared with it when that is written.
    """

    base: int = 0
    """The counter when it was met first, or as it was stored last."""
    more: int = 0
    """Bytes since then."""
    offset: int = 0
    """The counter now; the sum of those of all connections."""
    stored: bool = False
    """Whether the store knows it since this run began."""

    def join(self, counter: int, *, others: int, first: bool) -> None:
        """A connection came beside `others`; `first` is the first one ever."""
        if others:
            if self.stored:
                self.more += counter
            else:
                self.base += counter
            self.offset += counter
        elif first:
            self.base = self.offset = counter
        else:
            self.more += grown(self.offset, counter)
            self.offset = counter

    def report(self, before: int, now: int) -> None:
        """The counter of one connection went from `before` to `now`."""
        self.more += grown(before, now)
        self.offset += now - before

    def leave(self, counter: int, *, others: int) -> None:
        """A connection ended; that of the last one is kept to compare with."""
        if others:
            self.offset -= counter

    def settle(self, written: Reading) -> None:
        """The store has `written`."""
        self.base, self.stored = written.offset, True
        self.more -= written.more

    def read(self) -> Reading:
        """What is to be stored."""
        return Reading(self.base, self.more, self.offset)


class Reading(Struct, frozen=True, gc=False):
    """How a stored total changes: by `base`, less the stored offset unless that is larger, and by `more`."""

    base: int
    more: int
    offset: int
    """The new offset."""
