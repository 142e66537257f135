"""What rules in shadow would have banned: counted since the start, and kept to be looked at."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias

from app.domain.address import single
from app.domain.ban import Ban, DownloaderRef
from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import DownloadersChanged, EventBus, JudgedPeer, PeerKey, Swept
from app.services.ports import Clock

log = logging.getLogger(__name__)

_FLUSH_SECONDS: Final = 60.0
_KEPT: Final = 30 * 86_400_000
"""Milliseconds."""
_TIDY_EVERY: Final = 3_600_000
_NOBODY: Final[frozenset[str]] = frozenset()

ShadowKey: TypeAlias = tuple[str, str, str, str]
"""Rule, id of the downloader, info hash, address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowDecision:
    """A ban that a rule in shadow would have made; of one address on one torrent there is one entry."""

    ban: Ban
    """As it would have stood on the ban list the last time."""
    first_at: int
    """Epoch milliseconds; `ban.since` is the last time."""
    count: int
    """How often the peer came to that."""

    @property
    def key(self) -> ShadowKey:
        """What makes two of them the same."""
        ban = self.ban
        downloader = "" if ban.downloader is None else ban.downloader.id
        torrent = "" if ban.torrent is None else ban.torrent.hash
        return ban.rule, downloader, torrent, str(ban.prefix.network_address)


class ShadowStore(Protocol):
    """Where they survive; each call is one transaction; raises only StorageError."""

    async def add(self, decisions: Sequence[ShadowDecision]) -> None:
        """Store them; of one that is there, the count grows, the first time stays and the rest is replaced."""

    async def recent(self, rule: str, *, limit: int) -> Sequence[ShadowDecision]:
        """Those of a rule, newest first."""

    async def forget(self, *, before: int) -> int:
        """Delete those last seen before `before` (epoch ms) in small batches; returns how many."""


class ShadowLog:
    """Follows sweeps; a peer counts once for as long as a rule goes on wanting to ban it."""

    def __init__(
        self,
        store: ShadowStore,
        ref: Callable[[str], DownloaderRef | None],
        bus: EventBus,
        clock: Clock,
    ) -> None:
        """`ref` names a downloader by its id."""
        self._store, self._ref, self._clock = store, ref, clock
        self._shadowed: dict[PeerKey, frozenset[str]] = {}
        self._counts: Counter[str] = Counter()
        self._pending: dict[ShadowKey, ShadowDecision] = {}
        self._complaint = ""
        self._tidied_at = 0
        bus.subscribe(Swept, self._follow)
        bus.subscribe(DownloadersChanged, self._forget_gone)

    @property
    def counts(self) -> Mapping[str, int]:
        """Peers by rule since the program started."""
        return self._counts

    async def recent(self, rule: str, limit: int = 200) -> Sequence[ShadowDecision]:
        """What a rule would have banned, newest first; raises StorageError."""
        await self._write()
        return await self._store.recent(rule, limit=limit)

    async def run(self) -> None:
        """Write now and then, and forget what is old, until cancelled."""
        while True:
            await self.flush()
            await asyncio.sleep(_FLUSH_SECONDS)

    async def flush(self) -> None:
        """Write what waits; never raises."""
        try:
            await self._write()
            if self._clock() - self._tidied_at >= _TIDY_EVERY:
                self._tidied_at = self._clock()
                await self._store.forget(before=self._clock() - _KEPT)
        except StorageError as error:
            if say(error.text) != self._complaint:  # a full disk stays full for long
                self._complaint = say(error.text)
                log.warning("decisions in shadow are not kept: %s", self._complaint)
        else:
            self._complaint = ""

    async def _write(self) -> None:
        waiting, self._pending = self._pending, {}
        if not waiting:
            return
        try:
            await self._store.add(tuple(waiting.values()))
        except BaseException:
            # What came to be meanwhile is added to it.
            newer, self._pending = self._pending, waiting
            for made in newer.values():
                self._add(made)
            raise

    def _follow(self, event: Swept) -> None:
        for key in event.gone:
            self._shadowed.pop(key, None)
        for key, judged in event.changed.items():
            hits = judged.decision.shadows
            before = self._shadowed.get(key, _NOBODY)
            if not hits and not before:
                continue
            now = frozenset(verdict.rule for verdict in hits)
            if now:
                self._shadowed[key] = now
            else:
                del self._shadowed[key]
            for verdict in hits:
                if verdict.rule not in before:
                    self._note(self._would_be(judged, verdict.rule, event.snapshot.at))

    def _note(self, ban: Ban) -> None:
        self._counts[ban.rule] += 1
        self._add(ShadowDecision(ban=ban, first_at=ban.since, count=1))

    def _add(self, made: ShadowDecision) -> None:
        known = self._pending.get(made.key)
        if known is not None:
            made = replace(made, first_at=known.first_at, count=known.count + made.count)
        self._pending[made.key] = made

    def _would_be(self, judged: JudgedPeer, rule: str, at: int) -> Ban:
        decision = judged.decision
        verdict = next(each for each in decision.shadows if each.rule == rule)
        return Ban(
            prefix=single(judged.peer.address.ip),
            since=at,
            until=at + verdict.duration,
            verdict=verdict,
            trace=decision.trace,
            downloader=self._ref(judged.key.downloader),
            torrent=judged.torrent,
            peer=judged.peer,
        )

    def _forget_gone(self, event: DownloadersChanged) -> None:
        for key in [key for key in self._shadowed if key.downloader in event.gone]:
            del self._shadowed[key]
