"""Counts the bytes that peers still took after they were banned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban
from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import BansChanged, EventBus, JudgedPeer, PeerKey
from app.services.meter import grown
from app.services.ports import Clock

log = logging.getLogger(__name__)

_FLUSH_SECONDS: Final = 60.0


class Leak(Struct, frozen=True, kw_only=True):
    """What went to peers of one ban since it was made."""

    prefix: Prefix
    since: int
    """Of the ban, epoch ms."""
    bytes: int
    estimated: bool = False
    """Whether a part of it was estimated from rates, in this run."""


BanKey: TypeAlias = tuple[Prefix, int]
"""Prefix and `since` of a ban."""


class LeakStore(Protocol):
    """Where it survives, beside the ban and in its history; each call is one transaction; raises only StorageError."""

    async def load(self) -> Mapping[BanKey, int]:
        """Of the bans that are listed, where anything leaked."""

    async def save(self, leaks: Sequence[Leak]) -> None:
        """Store them; what is stored never falls. Bans that are gone are found in the history."""


@dataclass(slots=True)
class _Account:
    """One ban, and the counters of its peers."""

    prefix: Prefix
    since: int
    total: int
    estimated: bool = False
    stored: int = 0
    live: dict[PeerKey, int] = field(default_factory=dict)
    """Bytes sent to each as its downloader counts them."""
    left: dict[tuple[str, str, IPAddress], int] = field(default_factory=dict)
    """The same by downloader, torrent and address, of those who left: some downloaders count on when they return."""

    @property
    def leak(self) -> Leak:
        return Leak(
            prefix=self.prefix, since=self.since, bytes=self.total, estimated=self.estimated
        )


class Leakage:
    """Follows the banned peers that downloaders still show; what it counts never falls.

    What a peer took before it was looked at for the first time as a banned one is not counted, but for the peer that
    the ban was made for: of that the ban says how much it had.
    """

    def __init__(self, store: LeakStore, bus: EventBus, clock: Clock) -> None:
        self._store = store
        self._began = clock()
        self._kept: dict[BanKey, int] = {}
        self._accounts: dict[Prefix, _Account] = {}
        self._present: dict[str, dict[PeerKey, _Account]] = {}
        self._ended: list[Leak] = []
        self._wake = asyncio.Event()
        self._complaint = ""
        bus.subscribe(BansChanged, self._on_bans_changed)

    async def load(self) -> None:
        """Go on from what earlier runs counted; raises StorageError."""
        self._kept = dict(await self._store.load())

    def of(self, ban: Ban) -> Leak:
        """What leaked since `ban` was made, as long as it is listed."""
        account = self._accounts.get(ban.prefix)
        if account is not None and account.since == ban.since:
            return account.leak
        known = self._kept.get((ban.prefix, ban.since), 0)
        return Leak(prefix=ban.prefix, since=ban.since, bytes=known)

    def see(self, downloader: str, listed: Sequence[JudgedPeer]) -> None:
        """These are there though a ban covers them; called after each look at a downloader."""
        before = self._present.get(downloader)
        if not listed and not before:
            return
        now: dict[PeerKey, _Account] = {}
        for judged in listed:
            if judged.ban is not None and judged.peer.uploaded >= 0:
                account = now[judged.key] = self._account(judged.ban)
                self._count(account, judged, judged.ban)
        for key, account in (before or {}).items():
            if now.get(key) is not account:
                place = (key.downloader, key.torrent, key.endpoint.ip)
                account.left[place] = account.live.pop(key)
        self._present[downloader] = now

    async def run(self) -> None:
        """Write once a minute, and what a ban that ended comes to, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_FLUSH_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write what is new; never raises."""
        ended, self._ended = self._ended, []
        grew = [(each, each.leak) for each in self._accounts.values() if each.total > each.stored]
        if not ended and not grew:
            return
        try:
            await self._store.save([*ended, *(leak for _, leak in grew)])
        except StorageError as error:
            self._ended = ended + self._ended
            if say(error.text) != self._complaint:  # a full disk stays full for long
                self._complaint = say(error.text)
                log.warning("bytes sent after a ban are not kept: %s", self._complaint)
        else:
            self._complaint = ""
            for account, leak in grew:
                account.stored = leak.bytes

    def _account(self, ban: Ban) -> _Account:
        found = self._accounts.get(ban.prefix)
        if found is None or found.since != ban.since:
            if found is not None:
                self._close(found)
            kept = self._kept.pop((ban.prefix, ban.since), 0)
            found = _Account(ban.prefix, ban.since, kept, stored=kept)
            self._accounts[ban.prefix] = found
        return found

    def _count(self, account: _Account, judged: JudgedPeer, ban: Ban) -> None:
        key, now = judged.key, judged.peer.uploaded
        before = account.live.get(key)
        if before is None:
            place = (key.downloader, key.torrent, key.endpoint.ip)
            before = account.left.pop(place, None)
        if before is None:
            before = self._at_ban(judged, ban)
        more = grown(before, now)
        account.live[key] = now
        account.total += more
        account.estimated |= more > 0 and judged.peer.estimated

    def _at_ban(self, judged: JudgedPeer, ban: Ban) -> int:
        """What it had when the ban was made, as far as that is known."""
        peer, torrent, downloader = ban.peer, ban.torrent, ban.downloader
        own = (
            ban.since >= self._began
            and peer is not None
            and torrent is not None
            and downloader is not None
            and (downloader.id, torrent.id) == (judged.key.downloader, judged.key.torrent)
            and peer.address.raw == judged.key.endpoint
        )
        if own and peer is not None and peer.uploaded >= 0:
            return peer.uploaded
        return judged.peer.uploaded

    def _close(self, account: _Account) -> None:
        if account.total > account.stored:
            self._ended.append(account.leak)
            self._wake.set()

    def _on_bans_changed(self, event: BansChanged) -> None:
        for ban in event.removed:
            account = self._accounts.pop(ban.prefix, None)
            if account is not None:
                self._close(account)
            self._kept.pop((ban.prefix, ban.since), None)
