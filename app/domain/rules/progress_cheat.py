"""Bans peers whose reported progress does not fit what they received (reference/rules.md 3.6).

What counts as received is what `ProgressRecord.charge` says, so that honest neighbours are not held liable for each
other; PBH's sums stand in the data beside it. Ours besides:

* A fall of the reported progress is noticed even while the peer reports more than we sent. Who checks its files again
  after a crash is honest and falls once or twice; more than `rewinds_allowed` falls are banned. A fall to nothing does
  not count: a fresh connection has not yet told what it has.
* The grace window closes when the gap does (D-13), and a connection is never banned for a gap at its first look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from app.domain.capabilities import Need
from app.domain.progress_look import ProgressLook
from app.domain.progress_memory import Blocks, ProgressMemory, Shelf
from app.domain.progress_record import Connection, ProgressRecord
from app.domain.reason import Param, Text
from app.domain.rules.progress_ordinary import NOTHING_SENT, PASS, OrdinaryPeers
from app.domain.rules.rule import Needs
from app.domain.sighting import Batch, Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict

PROGRESS_CHEAT: Final = "progress-cheat-blocker"

_NO_ACTION: Final = Action.NO_ACTION  # in an enumeration it is looked up by name each time
_INSISTS: Final = 600_000
"""Milliseconds for which a ban that nobody made, as they were held back or could not be stored, is asked for again."""
_SIZE_UNKNOWN: Final = Text("progress-size-unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCheat:
    """A behaviour rule; its memory may be shared with other settings of the same rule."""

    needs: ClassVar[Needs] = ((Need.PROGRESS,), (Need.COUNTERS,))

    memory: ProgressMemory = field(default_factory=ProgressMemory)
    mode: Mode = Mode.ENFORCE
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    minimum_size: int = 50_000_000
    maximum_difference: float = 0.1
    rewind_maximum_difference: float = 0.07
    rewinds_allowed: int = 2
    block_excessive_clients: bool = True
    excessive_threshold: float = 1.5
    ipv4_prefix_length: int = 32
    ipv6_prefix_length: int = 56
    max_wait_duration: int = 30_000
    """Milliseconds."""
    fast_pcb_test_percentage: float = 0.1
    fast_pcb_test_block_duration: int = 15_000
    """Milliseconds."""
    fast_pcb_test_spares_consistent: bool = False
    name: str = PROGRESS_CHEAT
    blocks: Blocks = field(init=False)
    _allows: Text = field(init=False)
    _handshaking: Verdict = field(init=False)

    def __post_init__(self) -> None:
        allows = Text("progress-allows", {"allowed_share": self.maximum_difference})
        handshaking = Verdict(
            rule=self.name,
            mode=self.mode,
            reason=Text("handshaking"),
            saw=Text("saw-not-yet-known"),
            allows=allows,
        )
        blocks = Blocks(ipv4=self.ipv4_prefix_length, ipv6=self.ipv6_prefix_length)
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "_allows", allows)
        object.__setattr__(self, "_handshaking", handshaking)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """Judge and remember; asked again about equal sightings, it says the same again."""
        memory, found = self.memory, []
        for run in batch.runs:
            ordinary = self._ordinary(run.torrent)
            four, six = memory.shelves(run, self.blocks)
            for sighting, key in zip(
                batch.sightings[run.places], batch.keys[run.places], strict=True
            ):
                shelf, ip = (four, key) if key >= 0 else (six, ~key)
                if sighting.peer.handshaking:
                    verdict = self._handshaking
                elif (record := memory.known(shelf, ip)) is None:
                    verdict = ordinary.first(sighting, shelf, ip) or self._first(
                        sighting, shelf, ip
                    )
                else:
                    verdict = self._again(sighting, record, ip, ordinary)
                found.append(verdict)
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The same about one."""
        return self.judge_all(Batch((sighting,)))[0]

    def limit_of(self, torrent: Torrent) -> int:
        """Bytes that are not yet excessive, when we never had more of it than now."""
        return self.excess_of(
            torrent.completed_size if torrent.completed_size > 0 else torrent.size
        )

    def excess_of(self, whole: int) -> int:
        """Bytes that are not yet excessive where so many are the whole."""
        return int(max(whole, self.minimum_size) * self.excessive_threshold)

    def _ordinary(self, torrent: Torrent) -> OrdinaryPeers:
        return OrdinaryPeers(self, self._allows, torrent)

    def _first(self, sighting: Sighting, shelf: Shelf, ip: int) -> Verdict:
        record = ProgressRecord(sighting.at, sighting.at)
        self.memory.note(shelf, ip, record)
        return self._closely(sighting, record, _connection(sighting, record, ip))

    def _again(
        self, sighting: Sighting, record: ProgressRecord, ip: int, ordinary: OrdinaryPeers
    ) -> Verdict:
        own = _connection(sighting, record, ip)
        return ordinary.again(sighting, record, own) or self._closely(sighting, record, own)

    def _closely(self, sighting: Sighting, record: ProgressRecord, own: Connection) -> Verdict:
        peer, torrent, at = sighting.peer, sighting.torrent, sighting.at
        uploaded, progress = peer.uploaded, peer.progress
        look = ProgressLook(torrent, at, uploaded, progress, self, own.last_uploaded, own.progress)
        if own.answer is not None:
            if own.answer[:3] == (at, uploaded, progress):
                return own.answer[3]
            if at - own.answer[0] < _INSISTS and uploaded >= own.last_uploaded:
                look.insists_on = own.answer[3].reason.id
            own.answer = None
        if 0 <= uploaded < own.last_uploaded:
            own.back_at = at
        look.increment = record.count(own, uploaded)
        record.completed = max(record.completed, torrent.completed_size)
        look.completed = record.completed
        look.total = look.here = record.total
        look.falls = own.falls
        if len(record.connections) > 1:
            look.of_many(record, own)
        else:
            look.charged = record.total
        if torrent.size <= 0:
            verdict = self._passing(look, _SIZE_UNKNOWN)
        else:
            verdict = self._decide(
                look, record, own, uploading=peer.upload_rate > 0 or uploaded > 0
            )
            if verdict.action is not _NO_ACTION:
                own.answer = (at, uploaded, progress, verdict)
        if progress != 0:
            own.progress = progress
        own.last_seen = record.last_seen = at
        return verdict

    def _decide(
        self, look: ProgressLook, record: ProgressRecord, own: Connection, *, uploading: bool
    ) -> Verdict:
        size, charged, progress = look.torrent.size, look.charged, look.progress
        small = look.small = size < self.minimum_size
        incomplete = charged <= size and look.torrent.completed_size > 0
        whole = look.completed if incomplete else size
        look.limit = self.excess_of(whole)
        if not uploading:
            return self._passing(look, NOTHING_SENT)
        fall = self.rewind_maximum_difference
        fell = fall > 0 and not small and 0 < progress < own.progress - fall
        if fell:
            own.falls += 1
            look.falls += 1
        first = look.first = look.at in (own.first_seen, own.back_at)
        if first and own.window_end < look.at - self.max_wait_duration:
            own.window_end = 0  # that of a connection that ended long ago
        sent = max(look.total, look.uploaded)
        share = self.fast_pcb_test_percentage
        if share > 0 and sent >= share * size and self._tests_fast(look, record, own):
            own.fast_at = look.at or 1  # 0 is never, and a replay may begin there
            return self._fast(look)
        if charged > look.limit and self.block_excessive_clients and self._is_excess(look):
            record.close_windows()
            return self._excess(look)
        fallen = fell or look.insists_on == "progress-fallen"
        if fallen and 0 <= self.rewinds_allowed < look.falls:
            record.rewinds += 1
            record.close_windows()
            return self._fallen(look)
        return self._gap(look, record, own)

    def _tests_fast(self, look: ProgressLook, record: ProgressRecord, own: Connection) -> bool:
        if look.small:
            return False
        if any(each.fast_at for each in record.connections if each.ip == own.ip):
            return False
        if self.fast_pcb_test_spares_consistent:
            return look.gap > self.maximum_difference
        return True

    def _fast(self, look: ProgressLook) -> Verdict:
        share, size = self.fast_pcb_test_percentage, look.torrent.size
        sent = max(look.uploaded, look.total)
        return self._hit(
            look,
            "fastPcbTest",
            Text(
                "progress-fast",
                {
                    "sent_share": sent / size,
                    "allowed_share": share,
                    "duration_ms": self.fast_pcb_test_block_duration,
                },
            ),
            Text("progress-allows-fast", {"allowed_share": share}),
            _ratio(sent, share * size),
            action=Action.BAN_FOR_DISCONNECT,
        )

    def _is_excess(self, look: ProgressLook) -> bool:
        """Whether it is more than the torrent, or than we have of it; both limits are higher."""
        return look.charged > look.torrent.size or 0 < look.torrent.completed_size < look.charged

    def _excess(self, look: ProgressLook) -> Verdict:
        size, limit = look.torrent.size, look.limit
        numbers = {"sent_bytes": look.charged, "allowed_bytes": limit, "size_bytes": size}
        if look.charged > size:
            kind, reason = "excessiveMaxDownloadThreshold", Text("progress-excessive", numbers)
        else:
            kind = "excessiveMaxDownloadThresholdForIncompleteTask"
            held = {**numbers, "held_bytes": look.torrent.completed_size}
            reason = Text("progress-excessive-held", held)
        allows = Text("progress-allows-bytes", {"allowed_bytes": limit})
        return self._hit(look, kind, reason, allows, _ratio(look.charged, limit))

    def _fallen(self, look: ProgressLook) -> Verdict:
        """Ours: too many falls of the reported progress, whatever we sent."""
        allowed = self.rewinds_allowed
        numbers = {
            "count": look.falls,
            "allowed": allowed,
            "allowed_share": self.rewind_maximum_difference,
        }
        reason = Text("progress-fallen", numbers)
        allows = Text("progress-allows-falls", {"allowed": allowed})
        return self._hit(look, "rewindProgress", reason, allows, look.falls / max(allowed, 0.5))

    def _gap(self, look: ProgressLook, record: ProgressRecord, own: Connection) -> Verdict:
        """Whether it reports less than it received, or less than it reported before."""
        at, gap = look.at, look.gap
        if look.small or not gap > 0:
            own.window_end = 0
            return self._passing(look, PASS)
        expired = 0 < own.window_end < at and not look.first
        wide = gap > self.maximum_difference
        if wide and (expired or look.insists_on == "progress-difference"):
            record.differences += 1
            record.close_windows()
            return self._differs(look)
        limit = self.rewind_maximum_difference
        rewound = limit > 0 and own.progress - look.progress > limit
        if rewound and (look.progress > 0 or expired):
            record.rewinds += 1
            record.close_windows()
            return self._rewound(look)
        if not wide and not rewound:
            own.window_end = 0
            return self._passing(look, PASS)
        if own.window_end == 0:
            own.window_end = at + self.max_wait_duration
        review_at = own.window_end + 1 if own.window_end >= at else None
        return self._passing(look, Text("progress-waiting", _numbers(look)), review_at)

    def _differs(self, look: ProgressLook) -> Verdict:
        numbers = {
            **_numbers(look),
            "allowed_share": self.maximum_difference,
            "waited_ms": self.max_wait_duration,
        }
        reason = Text("progress-difference", numbers)
        margin = _ratio(look.gap, self.maximum_difference)
        return self._hit(look, "deSyncDifference", reason, self._allows, margin)

    def _rewound(self, look: ProgressLook) -> Verdict:
        limit, last = self.rewind_maximum_difference, look.last_progress
        numbers = {**_numbers(look), "last_share": last, "allowed_share": limit}
        reason = Text("progress-rewound", numbers)
        allows = Text("progress-allows-rewind", {"allowed_share": limit})
        margin = _ratio(last - look.progress, limit)
        return self._hit(look, "rewindProgress", reason, allows, margin)

    def _passing(self, look: ProgressLook, reason: Text, review_at: int | None = None) -> Verdict:
        """The margin is that to the nearest limit."""
        size, charged, limit, allows = look.torrent.size, look.charged, look.limit, self._allows
        margin: float | None = None
        if size <= 0:
            saw = Text("progress-saw-bytes", {"sent_bytes": charged})
        else:
            sent = charged / size
            saw = Text("progress-saw", {"reported_share": look.progress, "sent_share": sent})
            if limit > 0 and self.block_excessive_clients:
                margin = charged / limit if charged > 0 else 0.0
            if look.small:
                allows = Text("progress-allows-bytes", {"allowed_bytes": limit})
            elif sent > look.progress and self.maximum_difference > 0:
                gap = (sent - look.progress) / self.maximum_difference
                margin = gap if margin is None or gap > margin else margin
        return Verdict(
            rule=self.name,
            mode=self.mode,
            reason=reason,
            saw=saw,
            allows=allows,
            margin=margin,
            data=look,
            review_at=review_at,
        )

    def _hit(
        self,
        look: ProgressLook,
        kind: str,
        reason: Text,
        allows: Text,
        margin: float | None,
        *,
        action: Action = Action.BAN,
    ) -> Verdict:
        fast = action is Action.BAN_FOR_DISCONNECT
        return Verdict(
            rule=self.name,
            action=action,
            mode=self.mode,
            duration=self.fast_pcb_test_block_duration if fast else self.duration,
            title=Text(_TITLES[kind]),
            reason=reason,
            saw=_saw(look),
            allows=allows,
            margin=margin,
            data={**look.facts(), "type": kind},
        )


_TITLES: Final = {
    "fastPcbTest": "progress-title-fast",
    "excessiveMaxDownloadThreshold": "progress-title-excessive",
    "excessiveMaxDownloadThresholdForIncompleteTask": "progress-title-excessive",
    "deSyncDifference": "progress-title-difference",
    "rewindProgress": "progress-title-rewind",
}


def _connection(sighting: Sighting, record: ProgressRecord, ip: int) -> Connection:
    peer = sighting.peer
    return record.connection(ip, peer.address.effective.port, peer.uploaded, sighting.at)


def _saw(look: ProgressLook) -> Text:
    if look.torrent.size > 0:
        return Text("progress-saw", _numbers(look))
    return Text("progress-saw-bytes", {"sent_bytes": look.charged})


def _numbers(look: ProgressLook) -> dict[str, Param]:
    return {
        "reported_share": look.progress,
        "sent_share": look.charged / look.torrent.size,
    }


def _ratio(measured: float, threshold: float) -> float | None:
    return measured / threshold if threshold > 0 else None
