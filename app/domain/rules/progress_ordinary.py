"""What the progress rule says of peers that report at least what they received, which is nearly everybody."""

from __future__ import annotations

from math import inf
from typing import Final, Protocol

from app.domain.progress_look import FirstLook, Limits, ProgressLook, Shares
from app.domain.progress_memory import ProgressMemory, Shelf
from app.domain.progress_record import Connection, ProgressRecord
from app.domain.reason import Text
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Mode, Verdict

PASS: Final = Text("pass")
NOTHING_SENT: Final = Text("progress-nothing-sent")


class Settings(Limits, Protocol):
    """What the answers depend on."""

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def minimum_size(self) -> int: ...
    @property
    def block_excessive_clients(self) -> bool: ...
    @property
    def memory(self) -> ProgressMemory: ...
    def excess_of(self, whole: int, /) -> int: ...


class OrdinaryPeers:
    """Of one torrent. Each answer is what the close look would come to, in a third of the time."""

    __slots__ = (
        "_allows",
        "_counted",
        "_held",
        "_limit",
        "_mode",
        "_most",
        "_name",
        "_settings",
        "_size",
        "_tested",
        "_torrent",
    )

    def __init__(self, settings: Settings, allows: Text, torrent: Torrent) -> None:
        share, size = settings.fast_pcb_test_percentage, torrent.size
        self._torrent, self._settings = torrent, settings
        self._name, self._mode, self._allows = settings.name, settings.mode, allows
        self._size, self._held = size, torrent.completed_size
        self._tested = share * size if share > 0 else inf
        """Bytes from which on the quick check asks."""
        self._limit = limit = settings.limit_of(torrent)
        self._most = min(limit, size) if 0 < size >= settings.minimum_size else -inf
        """Bytes up to which they are not excessive, when we never had more of the torrent than now."""
        self._counted = max(0, limit) if settings.block_excessive_clients else 0
        """What the margin is measured against; 0 for none."""

    def first(self, sighting: Sighting, shelf: Shelf, ip: int) -> Verdict | None:
        """The answer about one of whose block nothing is known, which is noted then; None for others."""
        peer = sighting.peer
        uploaded, progress = peer.uploaded, peer.progress
        if not (0 <= uploaded <= self._most and uploaded < self._tested):
            return None
        sent = uploaded / self._size
        if not sent <= progress:
            return None
        settings, counted, port = self._settings, self._counted, peer.address.effective.port
        look = FirstLook(self._torrent, sighting.at, uploaded, progress, settings, ip, port)
        settings.memory.note(shelf, ip, look)
        return Verdict(
            rule=self._name,
            mode=self._mode,
            reason=PASS if uploaded > 0 or peer.upload_rate > 0 else NOTHING_SENT,
            saw=Text("progress-saw", Shares(progress, sent)),
            allows=self._allows,
            margin=uploaded / counted if counted else None,
            data=look,
        )

    def again(self, sighting: Sighting, record: ProgressRecord, own: Connection) -> Verdict | None:
        """The answer about one who is alone in its block; None for others, and then nothing is noted."""
        peer, at = sighting.peer, sighting.at
        uploaded, progress, completed = peer.uploaded, peer.progress, self._held
        last_uploaded, last_progress, limit = own.last_uploaded, own.progress, self._limit
        increment = uploaded - last_uploaded
        total = record.total + increment
        if (
            not 0 <= last_uploaded <= uploaded
            or not last_progress <= progress
            or total > self._most
            or not (total < self._tested > uploaded or own.fast_at)
            or own.answer is not None
            or len(record.connections) > 1
        ):
            return None
        sent = total / self._size
        if not sent <= progress:
            return None
        counted = self._counted
        if record.completed > completed:
            completed = record.completed
            if self._held > 0:
                limit = self._settings.excess_of(completed)
                counted = limit if counted else 0
        own.received += increment
        own.last_uploaded = uploaded
        record.total, record.completed = total, completed
        own.last_seen = record.last_seen = at
        if progress != 0:
            own.progress = progress
        reason = NOTHING_SENT
        if uploaded > 0 or peer.upload_rate > 0:
            own.window_end, reason = 0, PASS
        margin = None
        if counted:
            margin = total / counted if total > 0 else 0.0
        look = ProgressLook(
            self._torrent,
            at,
            uploaded,
            progress,
            self._settings,
            last_uploaded,
            last_progress,
            increment,
            total,
            total,
            total,
            completed,
            False,
            limit,
            own.falls,
        )
        return Verdict(
            rule=self._name,
            mode=self._mode,
            reason=reason,
            saw=Text("progress-saw", Shares(progress, sent)),
            allows=self._allows,
            margin=margin,
            data=look,
        )
