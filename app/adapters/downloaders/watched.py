"""Torrents of a client that tells peers torrent by torrent, and how those that are due are asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from app.adapters.downloaders.ban_entries import index_of
from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.peer_table import PeerTable
from app.adapters.downloaders.turn import Turn
from app.domain.address import Prefix
from app.domain.peer import Peer
from app.domain.prefix_map import PrefixMap
from app.domain.snapshot import TorrentPeers
from app.domain.torrent import Torrent
from app.services.errors import DownloaderError, TooLate

log = logging.getLogger(__name__)

T = TypeVar("T")
W = TypeVar("W", bound=Struct)


class Watched(Generic[W]):
    """All that is known about one torrent."""

    __slots__ = ("_listed", "table", "torrent", "turn")

    def __init__(self, torrent: Torrent, read: Callable[[W], Peer | None]) -> None:
        self.torrent = torrent
        """The domain's value; the same object while nothing in it changes."""
        self.turn = Turn(torrent.id)
        self.table = PeerTable(read)
        self._listed: TorrentPeers | None = None

    def show(self, *, ignore_private: bool) -> TorrentPeers:
        """Its place in a snapshot; the same object while nothing changed."""
        torrent, peers = self.torrent, self.table.peers
        judged = not (ignore_private and torrent.private)
        old = self._listed
        if old and old.torrent is torrent and old.peers is peers and old.judged is judged:
            return old
        self._listed = TorrentPeers(torrent=torrent, peers=peers, judged=judged)
        return self._listed


A = TypeVar("A", bound=Watched[Any])


async def ask_all(
    due: Collection[A],
    ask: Callable[[A], Awaitable[None]],
    *,
    at_a_time: int,
) -> None:
    """Ask them; one that does not answer in time shows whom it showed last, unless none does."""
    late: list[tuple[A, TooLate]] = []

    async def try_one(watched: A) -> None:
        try:
            await ask(watched)
        except TooLate as error:
            late.append((watched, error))

    await some_at_a_time(due, try_one, at_a_time)
    if late and len(late) == len(due):
        raise late[0][1]
    for watched, _ in late:
        if not watched.turn.overdue:
            log.warning("the peers of %s did not come in time", watched.torrent.name)
        watched.turn.put_off()


async def some_at_a_time(
    items: Collection[T], work: Callable[[T], Awaitable[None]], at_a_time: int
) -> None:
    """Do `work` for all of `items`, so many at once; raises the first DownloaderError, and then stops."""
    left = iter(items)

    async def go_through() -> None:
        for item in left:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(min(at_a_time, len(items))):
                group.create_task(go_through(), name=f"asking-{number}")
                # The first request of each in a turn of its own: sixteen in one are 20 ms.
                await asyncio.sleep(0)
    except ExceptionGroup as failures:
        expected, bugs = failures.split(DownloaderError)
        if bugs is not None or expected is None:
            raise
        raise _first(expected) from None


async def look_again(torrents: Iterable[Watched[W]], prefixes: Collection[Prefix]) -> None:
    """Have those asked that show a peer inside `prefixes`."""
    if not prefixes:
        return
    places = await index_of(prefixes)
    effort = Effort()
    for watched in torrents:
        for peer in () if watched.turn.certain else watched.table.peers:
            if effort.due():
                await effort.rest()
            if _is_in(peer, places):
                watched.turn.pending = True
                break


async def showing(
    torrents: Iterable[Watched[W]], prefixes: Collection[Prefix]
) -> list[tuple[Watched[W], W, Peer]]:
    """The peers in them that are inside `prefixes`, each with its torrent and what it was made of."""
    if not prefixes:
        return []
    places = await index_of(prefixes)
    effort = Effort()
    found = []
    for watched in torrents:
        for wire, peer in watched.table.shown():
            if effort.due():
                await effort.rest()
            if _is_in(peer, places):
                found.append((watched, wire, peer))
    return found


def _is_in(peer: Peer, places: PrefixMap[bool]) -> bool:
    address = peer.address
    return bool(places.find(address.ip)) or (
        address.raw.ip is not address.ip and bool(places.find(address.raw.ip))
    )


def _first(failures: ExceptionGroup[DownloaderError]) -> DownloaderError:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
