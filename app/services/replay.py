"""Replays recorded snapshots through the rules on a virtual clock: the same judge, book and ban list, no downloader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from app.domain.address import Prefix, single
from app.domain.ban import Ban
from app.domain.decision import Decision
from app.domain.peer import Peer
from app.domain.peer_exception import PeerException
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.torrent import Torrent
from app.domain.verdict import Action
from app.services.ban_list import BanList
from app.services.events import EventBus, JudgedPeer, PeerKey
from app.services.judge import Judge
from app.services.peer_book import PeerBook
from app.services.ports import HistoryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The peers of one torrent at one moment; those left out are gone."""

    at: int
    """Epoch milliseconds, never less than of the one before."""
    downloader: str
    torrent: Torrent
    peers: tuple[Peer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One decision that is not NO_ACTION, when it was made."""

    at: int
    downloader: str
    judged: JudgedPeer

    @property
    def decision(self) -> Decision:
        """What was decided, and why."""
        return self.judged.decision


@dataclass(slots=True)
class Summary:
    """What a replay came to."""

    snapshots: int = 0
    would_ban: Counter[str] = field(default_factory=Counter)
    """Bans by the rule that decided."""
    _seen: set[PeerKey] = field(default_factory=set)

    @property
    def peers(self) -> int:
        """Different peers that were judged."""
        return len(self._seen)

    def saw(self, keys: Collection[PeerKey]) -> None:
        """Count peers that were not seen before."""
        self._seen.update(keys)


class VirtualClock:
    """Shows the time of the snapshot that is replayed."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


class Replay:
    """Bans as the program would, in memory: who is banned is not judged again until the ban ends."""

    def __init__(self, make_judge: Callable[[BanList, EventBus, VirtualClock], Judge]) -> None:
        self._clock = VirtualClock()
        bus = EventBus()
        self._list = BanList(Nowhere(), bus, self._clock)
        self._judge = make_judge(self._list, bus, self._clock)
        # One for each torrent, so that no other is judged at this moment by what was seen earlier.
        self._books: dict[tuple[str, str], PeerBook] = {}
        self._said: dict[PeerKey, tuple[Action, str]] = {}
        self.summary = Summary()

    async def see(self, recorded: Recorded) -> list[Found]:
        """Judge one snapshot; returns the new decisions that are not NO_ACTION."""
        self._clock.now = recorded.at
        await self._list.expire()
        downloader = recorded.downloader
        key = downloader, recorded.torrent.id
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = PeerBook(downloader, self._judge, self._list)
        peers = _the_same_objects(book, recorded.peers)
        seen = TorrentPeers(torrent=recorded.torrent, peers=peers)
        judged = await book.judge(Snapshot(at=recorded.at, torrents=(seen,)))
        book.settle()
        for gone in judged.gone:
            self._said.pop(gone, None)
        self.summary.snapshots += 1
        self.summary.saw(judged.changed.keys())
        found = [each for each in judged.changed.values() if self._is_new(each)]
        await self._list.add(_bans(found, recorded.at))
        return [Found(at=recorded.at, downloader=downloader, judged=each) for each in found]

    def _is_new(self, judged: JudgedPeer) -> bool:
        decision = judged.decision
        if decision.action is Action.NO_ACTION or decision.deciding is None:
            self._said.pop(judged.key, None)
            return False
        if decision.bans:
            self._said.pop(judged.key, None)
            if judged.ban is None:
                self.summary.would_ban[decision.deciding.rule] += 1
            return judged.ban is None
        said = (decision.action, decision.deciding.rule)
        known = self._said.get(judged.key)
        self._said[judged.key] = said
        return known != said


def _the_same_objects(book: PeerBook, peers: tuple[Peer, ...]) -> tuple[Peer, ...]:
    """`peers`, those that did not change as they were before: as in the program, rules are not asked about them."""
    known = {judged.peer.address.raw: judged.peer for judged in book.peers()}
    return tuple(
        last if (last := known.get(peer.address.raw)) is not None and last == peer else peer
        for peer in peers
    )


def _bans(found: Sequence[JudgedPeer], at: int) -> list[Ban]:
    bans: dict[Prefix, Ban] = {}
    for judged in found:
        decision, address = judged.decision, judged.peer.address
        if not decision.bans or decision.deciding is None:
            continue
        ban = Ban(
            prefix=single(address.ip),
            since=at,
            until=at + decision.duration,
            verdict=decision.deciding,
            trace=decision.trace,
            disconnect=decision.action is Action.BAN_FOR_DISCONNECT,
            torrent=judged.torrent,
            peer=judged.peer,
        )
        known = bans.get(ban.prefix)
        if known is None or ban.until > known.until:
            bans[ban.prefix] = ban
    return list(bans.values())


class Nowhere:
    """The store of what is forgotten when it is over: nothing is there, and nothing is kept."""

    async def load_bans(self) -> Sequence[Ban]:
        return ()

    async def commit_bans(
        self,
        added: Sequence[Ban],
        removed: Collection[Prefix],
        *,
        undone_at: int | None = None,
        record: bool = True,
    ) -> None:
        """Nothing to keep."""

    async def history(self, *, offset: int, limit: int) -> tuple[int, Sequence[HistoryRow]]:
        del offset, limit
        return 0, ()

    async def forget_history(self, *, before: int) -> int:
        del before
        return 0

    async def load_exceptions(self) -> Sequence[PeerException]:
        return ()

    async def save_exception(self, entry: PeerException) -> None:
        """Nothing to keep."""

    async def delete_exception(self, entry_id: str) -> None:
        """Nothing to delete."""
