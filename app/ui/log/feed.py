"""Brings log lines from the threads that log to the thread that shows them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from app.services.log_ring import LogLine, LogRing

KEPT: Final = 2_000


class LogFeed(QObject):
    """Gathers lines until they are taken; `arrived` is emitted in Qt's thread."""

    arrived = Signal()
    _logged = Signal()

    def __init__(self, ring: LogRing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Appending and taking from the left are safe from any thread.
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        # Queued also within Qt's thread: whoever logs holds a lock, and must not run our slots under it.
        self._logged.connect(self.arrived, Qt.ConnectionType.QueuedConnection)
        self._end = ring.listen(self._hear)
        self._last = 0
        for line in ring.lines():
            self._lines.append(line)

    def take(self) -> Sequence[LogLine]:
        """The lines that came since the last call, oldest first."""
        taken = []
        while self._lines:
            line = self._lines.popleft()
            # One that came while the ring was read is there twice.
            if line.number > self._last:
                self._last = line.number
                taken.append(line)
        return taken

    def close(self) -> None:
        """Hear no more; may be repeated."""
        with suppress(ValueError):
            self._end()

    def _hear(self, line: LogLine) -> None:
        self._lines.append(line)
        with suppress(RuntimeError):  # Qt's half may be gone already when the program ends
            self._logged.emit()
