"""Keeps the last log lines for the log page and the log routes."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from typing_extensions import override

_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the program's log."""

    number: int
    """Counts from 1 since the start."""
    at: int
    """Epoch milliseconds."""
    level: int
    """As in `logging`."""
    source: str
    text: str


class LogRing(logging.Handler):
    """A handler that remembers; listeners are called in the thread that logged."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=_KEPT)
        self._listeners: list[Callable[[LogLine], None]] = []
        self._count = 0

    def lines(self, *, after: int = 0) -> Sequence[LogLine]:
        """The lines with a number above `after`, oldest first."""
        return [line for line in tuple(self._lines) if line.number > after]

    def listen(self, listener: Callable[[LogLine], None]) -> Callable[[], None]:
        """Call `listener` for each new line; the returned function ends it."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self._count += 1
        line = LogLine(self._count, int(record.created * 1000), record.levelno, record.name, text)
        self._lines.append(line)
        for listener in tuple(self._listeners):
            listener(line)
