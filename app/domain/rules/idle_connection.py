"""Bans connections that neither transfer nor progress (reference/rules.md 3.12, as intended there: D-14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from typing_extensions import override

from app.domain.address import Endpoint
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Mode, Verdict

IDLE_CONNECTION: Final = "idle-connection-dos-protection"
_INTEREST: Final = (PeerFlags.INTERESTING | PeerFlags.REMOTE_INTERESTED).value
_SEEDING, _ALL = 1, 2
_PASS: Final = Text("pass")

IdleKey: TypeAlias = tuple[str, str, Endpoint]
"""Downloader, id of the torrent there, and the endpoint as the downloader reports it."""


@dataclass(frozen=True, slots=True)
class IdleStart:
    """What a peer was when it was last known to do anything."""

    at: int
    """Epoch milliseconds."""
    progress: float
    uploaded: int
    downloaded: int


@dataclass(frozen=True, slots=True, eq=False)
class IdleFacts(Mapping[str, Any]):
    """What was seen, under PBH's names: a dict for each of ten thousand idle peers would take 10 MB."""

    start: IdleStart
    peer: Peer

    def facts(self) -> dict[str, Any]:
        """All of it."""
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

    @override
    def __getitem__(self, key: str) -> Any:
        return self.facts()[key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self.facts())

    @override
    def __len__(self) -> int:
        return len(self.facts())


class IdleMemory:
    """Since when the live peers that do nothing do so."""

    __slots__ = ("_most", "_starts")

    def __init__(self, *, most: int = 200_000) -> None:
        self._starts: dict[IdleKey, IdleStart] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._starts)

    def get(self, key: IdleKey) -> IdleStart | None:
        """The entry of one peer."""
        return self._starts.get(key)

    def set(self, key: IdleKey, start: IdleStart) -> None:
        """Remember from when on a peer is idle."""
        if key not in self._starts and len(self._starts) >= self._most:
            # Only when nobody says who is gone; then all are found out anew, a little later.
            self._starts.clear()
        self._starts[key] = start

    def forget(self, key: IdleKey) -> None:
        """It is not idle, or not looked at."""
        if self._starts:
            self._starts.pop(key, None)

    def gone(self, keys: Iterable[IdleKey]) -> None:
        """Forget peers that left."""
        for key in keys:
            self._starts.pop(key, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleConnection:
    """Bans who was slower than a threshold and stood still for too long; active again means forgotten."""

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
        """See BehaviourRule."""
        return list(map(self.judge, batch.sightings))

    def judge(self, sighting: Sighting) -> Verdict:
        """Judge by what moved since the peer was last known to be active; also while it handshakes."""
        peer, at = sighting.peer, sighting.at
        key = (sighting.downloader, sighting.torrent.id, peer.address.raw)
        spared = self._spared(sighting)
        if spared is not None:
            self.memory.forget(key)
            return spared
        threshold = self.idle_speed_threshold
        if peer.upload_rate > threshold or peer.download_rate > threshold:
            self.memory.forget(key)
            return self._active
        start = self.memory.get(key)
        if start is None or self._moved(start, peer, at):
            start = IdleStart(at, peer.progress, peer.uploaded, peer.downloaded)
            self.memory.set(key, start)
        return self._idle(start, peer, at)

    def _spared(self, sighting: Sighting) -> Verdict | None:
        """Why the peer is not looked at."""
        if self.protect_mode == _ALL or sighting.torrent.seeding:
            return None
        if self.protect_mode == _SEEDING:
            return self._unprotected
        flags = sighting.peer.flags
        if flags is None:
            return self._unknown
        # A flag makes a flag, which takes ten times as long.
        return self._interested if flags.value & _INTEREST else None

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

    def _idle(self, start: IdleStart, peer: Peer, at: int) -> Verdict:
        limit = self.max_allowed_idle_time
        idle = at - start.at
        if idle <= limit:
            return Verdict(
                rule=self.name,
                mode=self.mode,
                reason=_PASS,
                saw=Text("idle-saw", {"idle_ms": idle}),
                allows=self._allows,
                margin=idle / limit,
                data=IdleFacts(start, peer),
                review_at=start.at + limit + 1,
            )
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
