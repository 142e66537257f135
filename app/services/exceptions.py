"""Which peers are never judged, or not by one rule: those of profile.yml and the user's own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from msgspec import structs

from app.domain.address import Prefix, show, unmapped
from app.domain.ban import Ban, Source
from app.domain.errors import NotFound
from app.domain.exception_index import ExceptionIndex
from app.domain.peer_exception import PeerException
from app.domain.reason import Text
from app.domain.rule_words import named_rules
from app.domain.sighting import Batch, Sighting
from app.domain.verdict import Action, Verdict
from app.services.errors import StorageError
from app.services.events import EventBus, RulesChanged
from app.services.ports import Clock, ExceptionStore

EXCEPTION = "exception"

_NO_RULES: Final[frozenset[str]] = frozenset()
_NOTHING: Final = Text("saw-no-exception")


class Exceptions:
    """Answers whether a peer is spared, and by which entry; evaluated before every rule."""

    def __init__(self, store: ExceptionStore, bus: EventBus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._own: dict[str, PeerException] = {}
        self._configured: tuple[PeerException, ...] = ()
        self._sparing, self._silencing = ExceptionIndex(()), ExceptionIndex(())
        self._said: dict[tuple[str, ...], Verdict] = {}
        self._whole: tuple[Prefix, ...] = ()
        self._pass = _passing(0)

    async def load(self) -> None:
        """Read the user's own; call once before anything is judged."""
        self._own = {entry.id: entry for entry in await self._store.load_exceptions()}
        self._index()

    def configure(self, prefixes: Iterable[Prefix]) -> bool:
        """Take over `ignore-peers-from-addresses`; returns whether it is another list than before."""
        before = self._configured
        self._configured = tuple(
            PeerException(id=f"profile:{show(prefix)}", prefix=unmapped(prefix), configured=True)
            for prefix in prefixes
        )
        self._index()
        return self._configured != before

    def entries(self) -> Sequence[PeerException]:
        """All of them, those of the profile first."""
        return (*self._configured, *self._own.values())

    async def add(self, entry: PeerException) -> PeerException:
        """Store one of the user's own under a new id; peers it covers are judged anew."""
        return (await self.add_all([entry]))[0]

    async def add_all(self, entries: Iterable[PeerException]) -> tuple[PeerException, ...]:
        """Store some of the user's own under new ids, all or none; peers they cover are judged anew."""
        made: list[PeerException] = []
        try:
            for entry in entries:
                prefix = None if entry.prefix is None else unmapped(entry.prefix)
                made.append(replace(entry, id=uuid.uuid4().hex, prefix=prefix, configured=False))
                await self._store.save_exception(made[-1])
        except BaseException:
            with suppress(StorageError):
                for entry in made:
                    await self._store.delete_exception(entry.id)
            raise
        self._own.update((entry.id, entry) for entry in made)
        self._changed()
        return tuple(made)

    async def remove(self, entry_id: str) -> None:
        """Delete one of the user's own."""
        if entry_id not in self._own:
            raise NotFound(Text("exception-unknown", {"id": entry_id}))
        await self.remove_all([entry_id])

    async def remove_all(self, entry_ids: Iterable[str]) -> None:
        """Delete those of the user's own that are there still."""
        there = [entry_id for entry_id in entry_ids if entry_id in self._own]
        for entry_id in there:
            await self._store.delete_exception(entry_id)
        for entry_id in there:
            self._own.pop(entry_id, None)
        if there:
            self._changed()

    def whole(self) -> tuple[Prefix, ...]:
        """The addresses and blocks that are spared without further condition, in a stable order."""
        return self._whole

    def spares(self, prefix: Prefix) -> PeerException | None:
        """The unconditional entry that holds all of `prefix`, if there is one."""
        return self._unconditional(self._sparing.around(prefix))

    def inside(self, prefix: Prefix) -> PeerException | None:
        """An unconditional entry that holds a part of `prefix`, if there is one."""
        return self._unconditional(self._sparing.within(prefix))

    def frees(self, ban: Ban) -> bool:
        """Whether `ban` would not be made any more: its block is spared, or the peer for which a rule made it."""
        if self.spares(ban.prefix) is not None:
            return True
        if ban.source is not Source.RULE or ban.peer is None or ban.torrent is None:
            return False
        downloader = "" if ban.downloader is None else ban.downloader.id
        now = self._clock()
        seen = Sighting(at=now, downloader=downloader, torrent=ban.torrent, peer=ban.peer)
        return self.find(seen) is not None or ban.rule in self.silenced(seen)

    def find(self, sighting: Sighting) -> PeerException | None:
        """The entry for which the peer is not judged at all now."""
        return self._sparing.find(sighting, self._clock())

    @property
    def silences(self) -> bool:
        """Whether any entry is for one rule only."""
        return len(self._silencing) > 0

    def silenced(self, sighting: Sighting) -> frozenset[str]:
        """The rules whose verdicts about the peer do not count now; pass these through the function `silenced`."""
        if not self.silences:
            return _NO_RULES
        return frozenset(
            entry.rule
            for entry in self._silencing.all(sighting, self._clock())
            if entry.rule is not None
        )

    def judge_all(self, batch: Batch) -> list[Verdict]:
        """The second line of each trace."""
        found, now = [self._pass] * len(batch), self._clock()
        for at in self._sparing.near(batch) | self._silencing.near(batch):
            found[at] = self._judge(batch.sightings[at], now)
        return found

    def judge(self, sighting: Sighting) -> Verdict:
        """The line of the trace: SKIP when the peer is spared, and which entries apply. Alike ones are one."""
        return self._judge(sighting, self._clock())

    def _judge(self, sighting: Sighting, now: int) -> Verdict:
        found = self._sparing.find(sighting, now)
        if found is not None:
            return self._say((found,), _spared)
        if not self.silences:
            return self._pass
        silencing = tuple(self._silencing.all(sighting, now))
        return self._say(silencing, _silenced) if silencing else self._pass

    async def expire(self) -> None:
        """Delete the user's own that have ended."""
        now = self._clock()
        await self.remove_all([e.id for e in self._own.values() if not e.in_force(now)])

    def _changed(self) -> None:
        self._index()
        self._bus.publish(RulesChanged())

    def _index(self) -> None:
        everyone = self.entries()
        self._sparing = ExceptionIndex(entry for entry in everyone if entry.rule is None)
        self._silencing = ExceptionIndex(entry for entry in everyone if entry.rule is not None)
        whole = [entry.prefix for entry in everyone if entry.prefix and entry.unconditional]
        self._whole = tuple(sorted(whole, key=lambda prefix: prefix.prefixlen))
        self._pass = _passing(len(everyone))
        self._said = {}

    def _unconditional(self, entries: Iterable[PeerException]) -> PeerException | None:
        now = self._clock()
        return next((e for e in entries if e.unconditional and e.in_force(now)), None)

    def _say(
        self,
        entries: tuple[PeerException, ...],
        words: Callable[[tuple[PeerException, ...], Text], Verdict],
    ) -> Verdict:
        key = tuple(entry.id for entry in entries)
        if key not in self._said:
            self._said[key] = words(entries, self._pass.allows or _NOTHING)
        return self._said[key]


def silenced(verdict: Verdict) -> Verdict:
    """What stands in the trace for the verdict of a rule that an exception silences: the same, without effect."""
    if verdict.action is Action.NO_ACTION:
        return verdict
    return structs.replace(
        verdict,
        action=Action.NO_ACTION,
        duration=0,
        reason=Text("excepted", {"why": verdict.reason}),
        data={**verdict.data, "excepted": True},
    )


def scopes(entry: PeerException) -> str:
    """Whom an exception covers, as a list of what its owner entered, without its rule."""
    prefix = None if entry.prefix is None else show(entry.prefix)
    given = (prefix, entry.client, entry.peer_id, entry.torrent, entry.downloader)
    return ", ".join(text for text in given if text is not None)


def _passing(count: int) -> Verdict:
    return Verdict(
        rule=EXCEPTION,
        reason=Text("pass"),
        saw=Text("saw-no-exception"),
        allows=Text("allows-exceptions", {"count": count}),
    )


def _spared(entries: tuple[PeerException, ...], allows: Text) -> Verdict:
    entry = entries[0]
    what = scopes(entry) or Text("everybody")
    return Verdict(
        rule=EXCEPTION,
        action=Action.SKIP,
        reason=Text("spared-note" if entry.note else "spared", {"what": what, "note": entry.note}),
        saw=Text("saw-address" if entry.prefix else "saw-exception"),
        allows=allows,
        data={"type": "ignoredAddresses", "exception": entry.id},
    )


def _silenced(entries: tuple[PeerException, ...], allows: Text) -> Verdict:
    rules = list(dict.fromkeys(entry.rule or "" for entry in entries))
    what = scopes(entries[0]) or Text("everybody")
    return Verdict(
        rule=EXCEPTION,
        reason=Text("silenced", {"what": what, "rules": named_rules(rules)}),
        saw=Text("saw-exception"),
        allows=allows,
        data={"silenced": rules, "exceptions": [entry.id for entry in entries]},
    )
