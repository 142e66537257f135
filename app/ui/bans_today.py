"""Counts the bans since midnight, and says which of them are news."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.domain.address import Prefix
from app.domain.ban import Ban
from app.services.core import Core
from app.services.events import BansChanged
from app.ui.bridge import Bridge


class BansToday(QObject):
    """Follows the ban list; an entry that comes back by undo is the same ban as before."""

    banned = Signal(object)
    """The tuple of new bans, technical ones left out."""

    def __init__(self, core: Core, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core = core
        self._seen: set[tuple[Prefix, int]] = set()
        self._midnight = 0
        self._take(core.ban_list)
        bridge.bans_changed.connect(self._follow)

    @property
    def count(self) -> int:
        """Bans since midnight on this computer's clock."""
        self._forget_yesterday()
        return len(self._seen)

    def _follow(self, event: BansChanged) -> None:
        fresh = self._take(event.added)
        if fresh:
            self.banned.emit(fresh)

    def _take(self, bans: Iterable[Ban]) -> tuple[Ban, ...]:
        self._forget_yesterday()
        fresh = []
        for ban in bans:
            known = (ban.prefix, ban.since)
            if not ban.disconnect and ban.since >= self._midnight and known not in self._seen:
                self._seen.add(known)
                fresh.append(ban)
        return tuple(fresh)

    def _forget_yesterday(self) -> None:
        midnight = _midnight(self._core.clock())
        if midnight != self._midnight:
            self._midnight = midnight
            self._seen = {known for known in self._seen if known[1] >= midnight}


def _midnight(now: int) -> int:
    """The last midnight on this computer's clock, epoch ms."""
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone()
    # Naive, so that a day on which the clocks change begins at its own midnight.
    start = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - local time on purpose
    return int(start.timestamp() * 1000)
