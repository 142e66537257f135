"""Judges peers: exceptions first, then the rules in order, in slices that leave the loop free."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.address import Endpoint, IPAddress, Prefix, is_single
from app.domain.decision import Decision, merge
from app.domain.peer import Peer
from app.domain.prefix_map import PrefixMap
from app.domain.reason import Text
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.torrent import Torrent
from app.domain.verdict import Mode, Verdict
from app.services.ban_list import BanList
from app.services.events import JudgedPeer, PeerKey
from app.services.exceptions import Exceptions

_SLICE_SECONDS: Final = 0.002
_LOOK_EVERY: Final = 16
_MEMORY_LIMIT: Final = 20_000
"""Answers kept per rule, some 300 bytes each; more than the peers of most, and a clear memory refills as it is used."""


class IdentityRule(Protocol):
    """Judges by address, port, peer id and client name alone, so that its answer is remembered."""

    @property
    def name(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    def subject(self, peer: Peer) -> Hashable:
        """All that the answer depends on."""
        ...

    def judge(self, peer: Peer) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in judging order, with what applies to all of them."""

    rules: tuple[IdentityRule, ...]
    ban_duration: int
    """Milliseconds, for rules without a length of their own."""


class Judge:
    """Merges exceptions and rules into decisions; answers and decisions that are alike are one object each."""

    def __init__(self, exceptions: Exceptions, rules: RuleSet) -> None:
        self._exceptions = exceptions
        self._rules = rules
        self._verdicts: list[dict[Hashable, Verdict]] = [{} for _ in rules.rules]
        # Keyed by the verdicts' ids; each decision keeps its verdicts, and so their ids, alive.
        self._decisions: dict[tuple[int, ...], Decision] = {}
        self.generation = 0
        """Grows whenever earlier decisions no longer hold."""

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self._rules

    def use(self, rules: RuleSet) -> None:
        """Judge by `rules` from now on."""
        self._rules = rules
        self.forget()

    def forget(self) -> None:
        """Judge everybody anew: rules or exceptions changed."""
        self._verdicts = [{} for _ in self._rules.rules]
        self._decisions = {}
        self.generation += 1

    def decide(self, peer: Peer, torrent: Torrent) -> Decision:
        """The decision about one peer now."""
        trace = (self._exceptions.judge(peer, torrent), *self._ask_all(peer))
        key = tuple(map(id, trace))
        known = self._decisions.get(key)
        if known is None:
            known = merge(trace, self._rules.ban_duration)
            if len(self._decisions) >= _MEMORY_LIMIT:
                self._decisions.clear()
            self._decisions[key] = known
        return known

    def _ask_all(self, peer: Peer) -> list[Verdict]:
        answers = []
        for rule, memory in zip(self._rules.rules, self._verdicts, strict=True):
            subject = rule.subject(peer)
            answer = memory.get(subject)
            if answer is None:
                if len(memory) >= _MEMORY_LIMIT:
                    memory.clear()
                memory[subject] = answer = _ask(rule, peer)
            answers.append(answer)
        return answers


def _ask(rule: IdentityRule, peer: Peer) -> Verdict:
    if rule.mode is Mode.OFF:
        return Verdict(rule=rule.name, mode=Mode.OFF, reason=Text("rule-off"))
    return rule.judge(peer)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one judging changed."""

    changed: Mapping[PeerKey, JudgedPeer]
    gone: frozenset[PeerKey]


@dataclass(slots=True)
class _Watched:
    """One torrent's place in the book."""

    seen: TorrentPeers
    peers: dict[Endpoint, JudgedPeer]
    to_good: int = 0
    to_banned: int = 0


class PeerBook:
    """The live peers of one downloader with their decisions; judges what changed since the last snapshot."""

    def __init__(self, downloader: str, judge: Judge, ban_list: BanList) -> None:
        self._downloader, self._judge, self._list = downloader, judge, ban_list
        self._torrents: dict[str, _Watched] = {}
        self._judge_generation = -1
        self._ban_generation = -1
        self._unsettled_gone: frozenset[PeerKey] = frozenset()

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
        return gone

    async def judge(self, snapshot: Snapshot) -> Judged:
        """Judge the peers of `snapshot` that are new or changed, or that rules or bans look at differently now.

        Readers see the state before until all is judged. What it returns is due again until `settle`.
        """
        generations = self._judge.generation, self._list.generation
        anew = self._judge_generation != generations[0]
        relisted = None if anew else self._list.changed_since(self._ban_generation)
        run = _Run(snapshot.at, anew, None if relisted is None else _Places(relisted))
        before, after = self._torrents, {}
        for seen in snapshot.torrents:
            old = before.get(seen.torrent.id)
            if old is not None and run.leaves(old, seen):
                after[seen.torrent.id] = _Watched(seen, old.peers, old.to_good, old.to_banned)
            else:
                after[seen.torrent.id] = await self._go_through(seen, old, run)
        for torrent_id, watched in before.items():
            if torrent_id not in after:
                run.gone.update(judged.key for judged in watched.peers.values())
        run.gone.update(self._unsettled_gone)
        run.gone.difference_update(run.changed)
        self._torrents = after
        self._judge_generation, self._ban_generation = generations
        self._unsettled_gone = frozenset(run.gone)
        return Judged(run.changed, self._unsettled_gone)

    def settle(self) -> None:
        """What the last judging returned has been dealt with and announced."""
        self._unsettled_gone = frozenset()

    def unsettle(self) -> None:
        """It has not: judge and return everybody next time."""
        self._judge_generation = -1

    async def _go_through(self, seen: TorrentPeers, old: _Watched | None, run: _Run) -> _Watched:
        """Judge the peers of one torrent."""
        known = {} if old is None else old.peers
        watched = _Watched(seen, {})
        slices, relisted, new = run.slices, run.relisted, 0
        for peer in seen.peers if seen.judged else ():
            if slices.due():
                await slices.rest()
            raw = peer.address.raw
            last = known.get(raw)
            if (
                last is not None
                and last.peer is peer
                and relisted is not None
                and (run.unlisted or peer.address.ip not in relisted)
            ):
                judged = last
            else:
                judged = self._one(seen.torrent, peer, last, run)
            new += last is None and raw not in watched.peers
            watched.peers[raw] = judged
            if judged is not last or run.anew:
                run.changed[judged.key] = judged
            if peer.upload_rate > 0:
                if judged.ban is not None or judged.decision.bans:
                    watched.to_banned += peer.upload_rate
                else:
                    watched.to_good += peer.upload_rate
        if len(watched.peers) - new < len(known):
            live = watched.peers
            run.gone.update(judged.key for end, judged in known.items() if end not in live)
        return watched

    def _one(self, torrent: Torrent, peer: Peer, last: JudgedPeer | None, run: _Run) -> JudgedPeer:
        ip = peer.address.ip
        relisted = last is None or run.relisted is None or ip in run.relisted
        ban = self._list.find(ip) if last is None or relisted else last.ban
        if last is not None and not run.anew and same_identity(last.peer, peer):
            decision = last.decision
        else:
            decision = self._judge.decide(peer, torrent)
        if last is not None and last.peer is peer and last.decision is decision and last.ban is ban:
            return last
        first_seen = run.at if last is None else last.first_seen
        key = PeerKey(self._downloader, torrent.id, peer.address.raw) if last is None else last.key
        return JudgedPeer(key, torrent, peer, decision, first_seen, ban)


class _Places:
    """Addresses about which the ban list may say something else than before."""

    def __init__(self, prefixes: Collection[Prefix]) -> None:
        # An IPv6 address with the number of an IPv4 one is looked up in vain, which does no harm.
        self._hosts = {int(prefix.network_address) for prefix in prefixes if is_single(prefix)}
        self._blocks: PrefixMap[bool] = PrefixMap()
        for prefix in prefixes:
            if not is_single(prefix):
                self._blocks[prefix] = True
        self._has_blocks = len(self._blocks) > 0
        self.empty = not prefixes

    def __contains__(self, address: IPAddress) -> bool:
        if int(address) in self._hosts:
            return True
        return self._has_blocks and self._blocks.find(address) is not None


class _Run:
    """One judging: what it goes by, and what it has found so far."""

    def __init__(self, at: int, anew: bool, relisted: _Places | None) -> None:  # noqa: FBT001
        self.at, self.anew = at, anew
        self.relisted = relisted
        """None when every peer is to be looked up in the ban list."""
        self.unlisted = relisted is not None and relisted.empty
        self.changed: dict[PeerKey, JudgedPeer] = {}
        self.gone: set[PeerKey] = set()
        self.slices = Slices()

    def leaves(self, old: _Watched, seen: TorrentPeers) -> bool:
        """Whether all is as it was with a torrent's peers."""
        return self.unlisted and old.seen.peers is seen.peers and old.seen.judged is seen.judged


def same_identity(one: Peer, other: Peer) -> bool:
    """Whether identity rules see no difference."""
    return (
        one.peer_id == other.peer_id
        and one.client_name == other.client_name
        and one.handshaking == other.handshaking
        and (one.address is other.address or one.address == other.address)
    )


class Slices:
    """Says when a long calculation has used its slice of the loop."""

    def __init__(self) -> None:
        self._count = 0
        self._started = time.perf_counter()

    def due(self) -> bool:
        """Whether it is time to rest; looks at the clock now and then only."""
        self._count += 1
        return (
            self._count % _LOOK_EVERY == 0 and time.perf_counter() - self._started > _SLICE_SECONDS
        )

    async def rest(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)
        self._started = time.perf_counter()
