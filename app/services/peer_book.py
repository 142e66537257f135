"""The live peers of one downloader with the decisions about them; judges what changed since the last snapshot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from app.domain.address import IPAddress, single
from app.domain.ban import Ban
from app.domain.capabilities import Source
from app.domain.decision import Decision
from app.domain.peer import Peer, same_identity
from app.domain.prefix_set import PrefixSet
from app.domain.sighting import Sighting
from app.domain.snapshot import Snapshot, TorrentPeers, differing
from app.domain.torrent import Torrent, same_kind
from app.services.ban_list import BanList
from app.services.events import JudgedPeer, PeerKey
from app.services.judge import Judge, Panel
from app.services.judging import Judging, Kind, Part, Work
from app.services.reviews import Reviews
from app.services.slices import Slices
from app.services.watched_torrent import WatchedTorrent

_NOTED: Final = 500
"""Newcomers that are noted in one go."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one judging changed."""

    changed: Mapping[PeerKey, JudgedPeer]
    gone: frozenset[PeerKey]


class PeerBook:
    """Knows who is there; readers see the state before until all is judged."""

    def __init__(self, downloader: str, judge: Judge, ban_list: BanList) -> None:
        self._downloader, self._judge, self._list = downloader, judge, ban_list
        self._torrents: dict[str, WatchedTorrent] = {}
        self._judge_generation = -1
        self._ban_generation = -1
        self._unsettled_gone: frozenset[PeerKey] = frozenset()
        self._reviews = Reviews()
        self._asked: set[IPAddress] = set()
        self._source: Source | None = None
        self._unlisted: int | None = None

    def __len__(self) -> int:
        return sum(len(watched.peers) for watched in self._torrents.values())

    @property
    def up_to_date(self) -> bool:
        """Whether rules and exceptions are still those that the peers were judged by."""
        return self._judge_generation == self._judge.generation

    def torrents(self) -> tuple[TorrentPeers, ...]:
        """As the last snapshot had them."""
        return tuple(watched.seen for watched in self._torrents.values())

    def peers(self, torrent_id: str | None = None) -> tuple[JudgedPeer, ...]:
        """The live peers, of one torrent or of all."""
        if torrent_id is not None:
            found = self._torrents.get(torrent_id)
            return () if found is None else tuple(found.peers.values())
        return tuple(peer for each in self._torrents.values() for peer in each.peers.values())

    def listed(self) -> list[JudgedPeer]:
        """The live peers that the ban list covers."""
        return [
            peer for each in self._torrents.values() for peer in each.peers.values() if peer.ban
        ]

    @property
    def unlisted(self) -> int:
        """Live peers that no ban covers; every downloader's sweep asks all books."""
        if self._unlisted is None:
            watched = self._torrents.values()
            found = (judged.ban is None for each in watched for judged in each.peers.values())
            self._unlisted = sum(found)
        return self._unlisted

    def rates(self) -> tuple[int, int]:
        """Bytes per second that go to good peers, and to those that are banned or about to be."""
        watched = self._torrents.values()
        return sum(each.to_good for each in watched), sum(each.to_banned for each in watched)

    def get(self, key: PeerKey) -> JudgedPeer | None:
        """One live peer."""
        found = self._torrents.get(key.torrent)
        return None if found is None else found.peers.get(key.endpoint)

    def clear(self) -> frozenset[PeerKey]:
        """Forget everybody; returns who was there."""
        gone = frozenset(judged.key for judged in self.peers())
        self._torrents.clear()
        self._unlisted = None
        return gone

    def review(self, addresses: Collection[IPAddress]) -> None:
        """Judge the peers there anew next time: something was learned about them."""
        self._asked.update(addresses)

    def use(self, source: Source) -> None:
        """The peers come from `source` from now on; when that tells other things than before, all are judged anew."""
        lacking = None if source.capabilities.tells_all else source
        if lacking != self._source:
            self._source = lacking
            self.unsettle()

    async def judge(self, snapshot: Snapshot) -> Judged:
        """Judge the peers of `snapshot` that are new or changed, or that rules or bans look at differently now.

        What it returns is due again until `settle`.
        """
        run = self._begin(snapshot)
        generations = self._judge.generation, self._list.generation
        before, after = self._torrents, {}
        touched = []
        for seen in snapshot.torrents:
            old = before.get(seen.torrent.id)
            if old is not None and run.leaves(old, seen):
                after[seen.torrent.id] = WatchedTorrent(seen, old.peers, old.to_good, old.to_banned)
            else:
                watched = after[seen.torrent.id] = WatchedTorrent(seen, {})
                await self._go_through(watched, old, run)
                touched.append((watched, old))
        await self._judge_all(run)
        for watched, old in touched:
            run.note_gone(watched, old)
        for torrent_id, watched in before.items():
            if torrent_id not in after:
                run.gone.update(judged.key for judged in watched.peers.values())
        self._judge.gone(run.gone)
        self._reviews.drop(run.gone)
        run.gone.update(self._unsettled_gone)
        run.gone.difference_update(run.changed)
        self._torrents, self._unlisted = after, None
        self._judge_generation, self._ban_generation = generations
        self._asked -= run.asked
        self._unsettled_gone = frozenset(run.gone)
        return Judged(run.changed, self._unsettled_gone)

    def settle(self) -> None:
        """What the last judging returned has been dealt with and announced."""
        self._unsettled_gone = frozenset()

    def unsettle(self) -> None:
        """It has not: judge and return everybody next time."""
        self._judge_generation = -1

    def _begin(self, snapshot: Snapshot) -> Judging:
        anew = self._judge_generation != self._judge.generation
        relisted = None if anew else self._list.changed_since(self._ban_generation)
        run = Judging(snapshot.at, self._judge.generation)
        run.anew = anew
        run.asked = frozenset(self._asked)
        run.sought = PrefixSet(map(single, run.asked))
        if relisted is not None:
            run.relisted, run.near = PrefixSet(relisted), PrefixSet(self._judge.near(relisted))
            run.hot = PrefixSet(()).with_those_of(run.sought, run.relisted, run.near)
        if anew:
            self._reviews = Reviews()  # everybody is asked
        run.due = self._reviews.due(snapshot.at)
        return run

    async def _go_through(
        self, watched: WatchedTorrent, old: WatchedTorrent | None, run: Judging
    ) -> None:
        """Keep the peers of one torrent that nothing happened to; note those to judge."""
        torrent = watched.seen.torrent
        panel = self._judge.panel(self._downloader, torrent, self._source)
        # Rules may change between two torrents; answers of those before do not fit the panel of those now.
        current = self._judge.generation == run.generation
        same = current and old is not None and same_kind(old.seen.torrent, torrent)
        if old is not None and same and not run.looks_at_all and _alike(old, watched.seen):
            self._go_through_few(watched, old, panel, run)
            if run.slices.due_now():
                await run.slices.rest()
            return
        if old is None or not old.peers:
            await self._note_all(watched, panel, run)
            return
        seen, known = watched.seen, old.peers
        due, slices = run.due.get(torrent.id, ()), run.slices
        for peer in seen.peers if seen.judged else ():
            if slices.due():
                await slices.rest()
            raw = peer.address.raw
            last = known.get(raw)
            if last is not None:
                watched.peers[raw] = last
            self._look_at(watched, panel, peer, last, run, afresh=not same, due=raw in due)
        watched.add_up()

    async def _note_all(self, watched: WatchedTorrent, panel: Panel, run: Judging) -> None:
        """The same where nobody is known."""
        torrent, at, downloader = watched.seen.torrent, run.at, self._downloader
        peers = watched.seen.peers if watched.seen.judged else ()
        for first in range(0, len(peers), _NOTED):
            sightings = [
                Sighting(at=at, downloader=downloader, torrent=torrent, peer=peer)
                for peer in peers[first : first + _NOTED]
            ]
            run.note(panel, Kind.NEW, [Work(watched, sighting) for sighting in sightings])
            await run.slices.rest_if_due()

    def _go_through_few(
        self, watched: WatchedTorrent, old: WatchedTorrent, panel: Panel, run: Judging
    ) -> None:
        """The same without a look at each peer, where few matter."""
        seen, due = watched.seen, run.due.get(watched.seen.torrent.id, ())
        watched.peers = dict(old.peers)
        watched.to_good, watched.to_banned = old.to_good, old.to_banned
        fresh: list[Peer] = []
        watched.left = ()
        if seen.peers is not old.seen.peers:
            fresh, lost = differing(seen.peers, old.seen.peers)
            left = [peer.address.raw for peer in lost]
            there = {peer.address.raw for peer in fresh}
            watched.left = tuple(raw for raw in left if raw not in there)
            for raw in watched.left:
                watched.drop(raw)
        changed = {peer.address.raw for peer in fresh}
        others = {
            raw: last.peer
            for raw in due
            if raw not in changed and (last := watched.peers.get(raw)) is not None
        }
        if not run.hot.empty:
            others.update((peer.address.raw, peer) for peer in run.hot.among(seen.peers))
        others.update((peer.address.raw, peer) for peer in fresh)
        for raw, peer in others.items():
            self._look_at(watched, panel, peer, watched.peers.get(raw), run, due=raw in due)

    def _look_at(  # noqa: PLR0913 - what there is to know about one peer
        self,
        watched: WatchedTorrent,
        panel: Panel,
        peer: Peer,
        last: JudgedPeer | None,
        run: Judging,
        *,
        due: bool,
        afresh: bool = False,
    ) -> None:
        """Note one peer if it is to be judged."""
        torrent = watched.seen.torrent
        if last is None:
            run.note(panel, Kind.NEW, [Work(watched, self._sighting(run, torrent, peer))])
            return
        where = peer.address.effective
        ban = last.ban
        if run.relisted is None or where in run.relisted:
            ban = self._list.find(where.ip)
        afresh = afresh or run.anew or where in run.sought
        if afresh or last.peer is not peer or due or where in run.near:
            known = not afresh and same_identity(last.peer, peer)
            sighting = self._sighting(run, torrent, peer)
            kind = Kind.KNOWN if known else Kind.CHANGED
            run.note(panel, kind, [Work(watched, sighting, last, ban)])
        elif ban is not last.ban:
            run.change(watched, _with_ban(last, ban))

    def _sighting(self, run: Judging, torrent: Torrent, peer: Peer) -> Sighting:
        return Sighting(at=run.at, downloader=self._downloader, torrent=torrent, peer=peer)

    async def _judge_all(self, run: Judging) -> None:
        slices = Slices(1)
        parts = []
        for part in run.parts():
            parts.append(part)
            await slices.rest_if_due()
        if not parts:
            return
        await self._judge.prepare([part.batch for part in parts])
        for part in parts:
            decisions = await self._judge.decide(part.panel, part.batch, part.lasts(), slices)
            await slices.rest_if_due()
            take_over = self._welcome if part.kind is Kind.NEW else self._renew
            take_over(part, decisions, run)
            await slices.rest_if_due()

    def _welcome(self, part: Part, decisions: list[Decision], run: Judging) -> None:
        """Put newcomers into the book."""
        batch, downloader = part.batch, self._downloader
        torrents, endpoints = batch.column("torrent"), batch.column("peer.address.raw")
        keys = [
            PeerKey(downloader, torrent.id, endpoint)
            for torrent, endpoint in zip(torrents, endpoints, strict=True)
        ]
        bans = self._list.find_many(batch.keys)
        judged = list(map(JudgedPeer, keys, torrents, batch.peers, decisions, repeat(run.at), bans))
        run.changed.update(zip(keys, judged, strict=True))
        for stretch in batch.runs:
            part.works[stretch.places.start].watched.welcome(judged[stretch.places])
        for key, decision in zip(keys, decisions, strict=True):
            if decision.review_at is not None:
                self._reviews.at(key, decision.review_at)

    def _renew(self, part: Part, decisions: list[Decision], run: Judging) -> None:
        """Note what changed about those who were there."""
        for work, decision in zip(part.works, decisions, strict=True):
            last, ban, peer = work.last, work.ban, work.sighting.peer
            if last is None:
                continue
            self._reviews.at(last.key, decision.review_at)
            same = last.peer is peer and last.decision is decision and last.ban is ban
            if run.anew or not same:
                key, torrent, since = last.key, work.sighting.torrent, last.first_seen
                judged = last if same else JudgedPeer(key, torrent, peer, decision, since, ban)
                run.change(work.watched, judged)


def _alike(old: WatchedTorrent, seen: TorrentPeers) -> bool:
    """Whether each peer of the snapshot before stands in the book, and once."""
    return seen.judged and old.seen.judged and len(old.peers) == len(old.seen.peers)


def _with_ban(judged: JudgedPeer, ban: Ban | None) -> JudgedPeer:
    return JudgedPeer(
        judged.key, judged.torrent, judged.peer, judged.decision, judged.first_seen, ban
    )
