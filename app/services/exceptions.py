"""Which peers are never judged: those of profile.yml and the user's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from app.domain.address import Prefix, show, unmapped
from app.domain.errors import NotFound
from app.domain.peer import Peer
from app.domain.peer_exception import PeerException
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Verdict
from app.services.errors import StorageError
from app.services.events import EventBus, RulesChanged
from app.services.ports import Clock, ExceptionStore

EXCEPTION = "exception"


class Exceptions:
    """Answers whether a peer is spared, and by which entry; evaluated before every rule."""

    def __init__(self, store: ExceptionStore, bus: EventBus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._own: dict[str, PeerException] = {}
        self._configured: tuple[PeerException, ...] = ()
        self._by_prefix: PrefixMap[tuple[PeerException, ...]] = PrefixMap()
        self._elsewhere: tuple[PeerException, ...] = ()
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
        now = self._clock()
        for entry in self._by_prefix.find(prefix.network_address) or ():
            whole = entry.prefix is not None and entry.prefix.prefixlen <= prefix.prefixlen
            if whole and entry.client is None and entry.torrent is None and _in_force(entry, now):
                return entry
        return None

    def inside(self, prefix: Prefix) -> PeerException | None:
        """An unconditional entry that holds a part of `prefix`, if there is one."""
        now = self._clock()
        for entries in self._by_prefix.within(prefix):
            for entry in entries:
                if entry.client is None and entry.torrent is None and _in_force(entry, now):
                    return entry
        return None

    def find(self, peer: Peer, torrent: Torrent) -> PeerException | None:
        """The entry that covers `peer` on `torrent` now."""
        now = self._clock()
        address = peer.address
        candidates = self._by_prefix.find(address.ip) or ()
        if address.raw.ip != address.ip:
            candidates += self._by_prefix.find(address.raw.ip) or ()
        for entry in (*candidates, *self._elsewhere):
            if _in_force(entry, now) and entry.covers(peer, torrent):
                return entry
        return None

    def judge(self, peer: Peer, torrent: Torrent) -> Verdict:
        """The first line of every trace: SKIP when the peer is spared."""
        found = self.find(peer, torrent)
        if found is None:
            return self._pass
        what = found.client if found.prefix is None else show(found.prefix)
        return Verdict(
            rule=EXCEPTION,
            action=Action.SKIP,
            reason=Text("spared", {"what": what or found.torrent or "", "note": found.note}),
            saw=Text("saw-address"),
            allows=self._pass.allows,
            data={"type": "ignoredAddresses", "exception": found.id},
        )

    async def expire(self) -> None:
        """Delete the user's own that have ended."""
        now = self._clock()
        await self.remove_all([e.id for e in self._own.values() if not _in_force(e, now)])

    def _changed(self) -> None:
        self._index()
        self._bus.publish(RulesChanged())

    def _index(self) -> None:
        by_prefix: PrefixMap[tuple[PeerException, ...]] = PrefixMap()
        elsewhere = []
        everyone = sorted(
            self.entries(), key=lambda entry: entry.prefix.prefixlen if entry.prefix else 0
        )
        for entry in everyone:
            if entry.prefix is None:
                elsewhere.append(entry)
                continue
            # `find` gives the narrowest block only, so each block also carries those around it.
            around = by_prefix.find(entry.prefix.network_address) or ()
            around = tuple(e for e in around if e.prefix and entry.prefix.subnet_of(e.prefix))  # type: ignore[arg-type]  # same family: found by address
            by_prefix[entry.prefix] = (entry, *around)
        self._by_prefix, self._elsewhere = by_prefix, tuple(elsewhere)
        self._whole = tuple(
            entry.prefix
            for entry in everyone
            if entry.prefix is not None and entry.client is None and entry.torrent is None
        )
        self._pass = _passing(len(everyone))


def _passing(count: int) -> Verdict:
    return Verdict(
        rule=EXCEPTION,
        reason=Text("pass"),
        saw=Text("saw-no-exception"),
        allows=Text("allows-exceptions", {"count": count}),
    )


def _in_force(entry: PeerException, now: int) -> bool:
    return entry.until is None or now < entry.until
