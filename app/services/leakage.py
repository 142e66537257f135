"""Counts the bytes that peers still took after they were banned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from app.domain.address import IPAddress, Prefix
from app.domain.ban import Ban
from app.locale.texts import say
from app.services.errors import StorageError
from app.services.events import (
    BansChanged,
    DownloadersChanged,
    EventBus,
    JudgedPeer,
    PeerKey,
)
from app.services.meter import grown
from app.services.ports import Clock
from app.services.slices import Slices

log = logging.getLogger(__name__)

_FLUSH_SECONDS: Final = 60.0
_MOST_LEFT: Final = 256
"""Peers who left that are remembered of one ban; blocks have many, and some last for ever."""
_MANY: Final = 1_000
"""Bans that take some 2 ms to look up."""


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
    live: dict[PeerKey, int] = field(default_factory=dict)
    """Bytes sent to each as its downloader counts them."""
    left: dict[tuple[str, str, IPAddress], int] = field(default_factory=dict)
    """The same by downloader, torrent and address, of those who left: some downloaders count on when they return."""

    def leave(self, key: PeerKey) -> None:
        """It is not there any more."""
        counter = self.live.pop(key, None)
        if counter is None:
            return
        place = _place(key)
        self.left.pop(place, None)
        self.left[place] = counter
        if len(self.left) > _MOST_LEFT:
            del self.left[next(iter(self.left))]

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
        self._grew: dict[Prefix, _Account] = {}
        self._unsaved: dict[BanKey, Leak] = {}
        """Of bans that ended, and what could not be stored."""
        self._wake = asyncio.Event()
        self._complaint = ""
        bus.subscribe(BansChanged, self._on_bans_changed)
        bus.subscribe(DownloadersChanged, self._on_downloaders_changed)

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

    async def see(self, downloader: str, listed: Sequence[JudgedPeer]) -> None:
        """These are there though a ban covers them; called after each look at a downloader."""
        slices, now = Slices(), self._present.setdefault(downloader, {})
        gone = dict(now)
        for judged in listed:
            if slices.due():
                await slices.rest()
            if judged.ban is None or judged.peer.uploaded < 0:
                continue
            key, account = judged.key, self._account(judged.ban)
            if gone.get(key) is account:
                del gone[key]
            self._count(account, judged, judged.ban)
            now[key] = account
        for key, account in gone.items():
            if slices.due():
                await slices.rest()
            account.leave(key)
            if now.get(key) is account:
                del now[key]

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
        grew, self._grew = self._grew, {}
        unsaved = self._unsaved | {
            _key(leak): leak for leak in (each.leak for each in grew.values())
        }
        if not unsaved:
            return
        self._unsaved = {}
        try:
            await self._store.save(list(unsaved.values()))
        except StorageError as error:
            self._unsaved = unsaved | self._unsaved
            if say(error.text) != self._complaint:  # a full disk stays full for long
                self._complaint = say(error.text)
                log.warning("bytes sent after a ban are not kept: %s", self._complaint)
        except asyncio.CancelledError:
            # It may be stored or not; to store it twice changes nothing.
            self._unsaved = unsaved | self._unsaved
            raise
        else:
            self._complaint = ""

    def _account(self, ban: Ban) -> _Account:
        found = self._accounts.get(ban.prefix)
        if found is None or found.since != ban.since:
            if found is not None:
                self._close(found)
            kept = self._kept.pop((ban.prefix, ban.since), 0)
            found = _Account(ban.prefix, ban.since, kept)
            self._accounts[ban.prefix] = found
        return found

    def _count(self, account: _Account, judged: JudgedPeer, ban: Ban) -> None:
        key, now = judged.key, judged.peer.uploaded
        before = account.live.get(key)
        if before is None:
            before = account.left.pop(_place(key), None)
        if before is None:
            before = self._at_ban(judged, ban)
        more = grown(before, now)
        account.live[key] = now
        if more > 0:
            account.total += more
            self._grew[account.prefix] = account
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
        if self._grew.get(account.prefix) is account:
            del self._grew[account.prefix]
            self._unsaved[_key(account.leak)] = account.leak
            self._wake.set()

    def _on_bans_changed(self, event: BansChanged) -> None:
        gone: Iterable[Ban] = event.removed
        if len(event.removed) > _MANY:
            # To look each up by its prefix takes 300 ms when 100,000 are lifted at once.
            moments = {account.since for account in self._accounts.values()}
            moments.update(since for _, since in self._kept)
            gone = (ban for ban in event.removed if ban.since in moments)
        for ban in gone:
            account = self._accounts.pop(ban.prefix, None)
            if account is not None:
                self._close(account)
            self._kept.pop((ban.prefix, ban.since), None)

    def _on_downloaders_changed(self, event: DownloadersChanged) -> None:
        for downloader in event.gone:
            for key, account in self._present.pop(downloader, {}).items():
                account.leave(key)


def _place(key: PeerKey) -> tuple[str, str, IPAddress]:
    return key.downloader, key.torrent, key.endpoint.ip


def _key(leak: Leak) -> BanKey:
    return leak.prefix, leak.since
