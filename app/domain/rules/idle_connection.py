"""Bans connections that neither transfer nor progress (reference/rules.md 3.12, as intended there: D-14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from msgspec import Struct, structs
from typing_extensions import override

from app.domain.address import Endpoint
from app.domain.capabilities import Need
from app.domain.flags import PeerFlags
from app.domain.lazy_facts import LazyFacts
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.rules.rule import Needs
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

IDLE_CONNECTION: Final = "idle-connection-dos-protection"
_INTEREST: Final = (PeerFlags.INTERESTING | PeerFlags.REMOTE_INTERESTED).value
_SEEDING, _ALL = 1, 2
_PASS: Final = Text("pass")


class IdleStart(Struct, frozen=True, gc=False):
    """What a peer was when it was last known to do anything."""

    at: int
    """Epoch milliseconds."""
    progress: float
    uploaded: int
    downloaded: int


class IdleFacts(LazyFacts, gc=False):
    """What was seen, under PBH's names."""

    start: IdleStart
    peer: Peer

    @override
    def facts(self) -> dict[str, Any]:
        start, peer = self.start, self.peer
        return {
            "idle_start": start.at,
            "last_percentage": start.progress * 100,
            "last_uploaded": start.uploaded,
            "last_downloaded": start.downloaded,
            "percentage": peer.progress * 100,
            "uploaded": peer.uploaded,
            "downloaded": peer.downloaded,
            "upload_speed": peer.upload_rate,
            "download_speed": peer.download_rate,
        }


class IdleMemory:
    """Since when the live peers that do nothing do so."""

    __slots__ = ("_most", "_room", "_torrents")

    def __init__(self, *, most: int = 200_000) -> None:
        self._torrents: dict[tuple[str, str], dict[Endpoint, IdleStart]] = {}
        self._most = self._room = most

    def __len__(self) -> int:
        return sum(map(len, self._torrents.values()))

    def of(self, downloader: str, torrent: str) -> dict[Endpoint, IdleStart]:
        """Those of one torrent, by its id, to be changed; by the endpoint as the downloader reports it."""
        return self._torrents.setdefault((downloader, torrent), {})

    def make_room(self, coming: int) -> None:
        """Called before so many peers are judged."""
        self._room -= coming
        if self._room >= 0:
            return
        # Counted now and then only.
        if len(self) + coming > self._most:
            # Only when nobody says who is gone; then all are found out anew, a little later.
            self._torrents.clear()
        self._torrents = {place: starts for place, starts in self._torrents.items() if starts}
        self._room = self._most - len(self) - coming

    def gone(self, keys: Iterable[tuple[str, str, Endpoint]]) -> None:
        """Forget peers that left: downloader, torrent id and endpoint of each."""
        for downloader, torrent, endpoint in keys:
            starts = self._torrents.get((downloader, torrent))
            if starts is not None:
                starts.pop(endpoint, None)
                if not starts:
                    del self._torrents[downloader, torrent]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleConnection:
    """Bans who was slower than a threshold and stood still for too long; active again means forgotten."""

    needs: ClassVar[Needs] = ((Need.COUNTERS,),)

    memory: IdleMemory
    """Outlives the rule when its settings change."""
    max_allowed_idle_time: int = 300_000
    """Milliseconds."""
    idle_speed_threshold: int = 64
    """Bytes per second; only faster is active."""
    min_status_change_percentage: float = 0.001
    """Percentage points of progress that count as activity."""
    reset_on_status_change: bool = True
    protect_mode: int = 0
    """0: torrents that we seed, others where nobody is interested; 1: those that we seed; 2: all."""
    mode: Mode = Mode.SHADOW
    duration: int = 0
    """Milliseconds; 0 is the global length."""
    name: str = IDLE_CONNECTION
    _allows: Text = field(init=False, repr=False)
    _active: Verdict = field(init=False, repr=False)
    _unprotected: Verdict = field(init=False, repr=False)
    _interested: Verdict = field(init=False, repr=False)
    _unknown: Verdict = field(init=False, repr=False)

    def __post_init__(self) -> None:
        limits = {
            "limit_ms": self.max_allowed_idle_time,
            "rate_bytes": self.idle_speed_threshold,
        }
        object.__setattr__(self, "_allows", Text("idle-allows", limits))
        for name, reason, saw in (
            ("_active", "pass", "idle-saw-active"),
            ("_unprotected", "idle-not-seeding", "idle-saw-not-seeding"),
            ("_interested", "idle-interested", "idle-saw-interested"),
            ("_unknown", "idle-interest-unknown", "idle-saw-interest-unknown"),
        ):
            answer = Verdict(
                rule=self.name,
                mode=self.mode,
                reason=Text(reason),
                saw=Text(saw),
                allows=self._allows,
            )
            object.__setattr__(self, name, answer)

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """Judge by what moved since each peer was last known to be active; also while it handshakes."""
        self.memory.make_room(len(batch))
        threshold, limit = self.idle_speed_threshold, self.max_allowed_idle_time
        waiting: dict[tuple[int, int], Verdict] = {}
        found = []
        for run in batch.runs:
            starts = self.memory.of(run.downloader, run.torrent.id)
            watched = self.protect_mode == _ALL or run.torrent.seeding
            for sighting in batch.sightings[run.places]:
                peer, at = sighting.peer, sighting.at
                raw = peer.address.raw
                answer = None if watched else self._spared(peer)
                if answer is None and (
                    peer.upload_rate > threshold or peer.download_rate > threshold
                ):
                    answer = self._active
                if answer is not None:
                    if starts:
                        starts.pop(raw, None)
                    found.append(answer)
                    continue
                start = starts.get(raw)
                if start is None or self._moved(start, peer, at):
                    start = starts[raw] = IdleStart(
                        at, peer.progress, peer.uploaded, peer.downloaded
                    )
                if at - start.at > limit:
                    found.append(self._ban(start, peer, at))
                    continue
                times = start.at, at
                answer = waiting.get(times) or waiting.setdefault(times, self._waiting(*times))
                found.append(structs.replace(answer, data=IdleFacts(start, peer)))
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The same for one."""
        return self.judge_all(Batch((sighting,)))[0]

    def _spared(self, peer: Peer) -> Verdict | None:
        """Why a peer of a torrent that we do not seed is not looked at."""
        if self.protect_mode == _SEEDING:
            return self._unprotected
        if peer.flags is None:
            return self._unknown
        # Two flags make a flag, and `value` is looked up by name: ten times as long.
        return self._interested if peer.flags._value_ & _INTEREST else None

    def _moved(self, start: IdleStart, peer: Peer, at: int) -> bool:
        """Whether it transferred or progressed since `start`, or is a new connection of the same endpoint."""
        sent, got = peer.uploaded - start.uploaded, peer.downloaded - start.downloaded
        if sent < 0 or got < 0 or at < start.at:
            return True
        if (sent or got) and max(sent, got) * 1_000 > self.idle_speed_threshold * (at - start.at):
            return True
        change = abs(peer.progress - start.progress) * 100
        return bool(
            self.reset_on_status_change and change and change >= self.min_status_change_percentage
        )

    def _waiting(self, since: int, at: int) -> Verdict:
        """For all that have been idle for as long; each has facts of its own."""
        idle, limit = at - since, self.max_allowed_idle_time
        return Verdict(
            rule=self.name,
            mode=self.mode,
            reason=_PASS,
            saw=Text("idle-saw", {"idle_ms": idle}),
            allows=self._allows,
            margin=idle / limit,
            review_at=since + limit + 1,
        )

    def _ban(self, start: IdleStart, peer: Peer, at: int) -> Verdict:
        idle, limit = at - start.at, self.max_allowed_idle_time
        return Verdict(
            rule=self.name,
            action=Action.BAN,
            mode=self.mode,
            duration=self.duration,
            title=Text("idle-timeout"),
            reason=Text("idle-banned", {"idle_ms": idle, "limit_ms": limit}),
            saw=Text("idle-saw", {"idle_ms": idle}),
            allows=self._allows,
            margin=idle / limit,
            # To print an address takes longer than all the rest.
            data={"ip": str(peer.address.ip), "idle_type": "timeout", **IdleFacts(start, peer)},
        )
