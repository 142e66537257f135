"""Judges peers: exceptions first, then the rules in order, in slices that leave the loop free."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.address import Endpoint, IPAddress
from app.domain.ban import Ban
from app.domain.decision import Decision, merge
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.torrent import Torrent
from app.domain.verdict import Mode, Verdict
from app.services.events import JudgedPeer, PeerKey
from app.services.exceptions import Exceptions

_SLICE_SECONDS: Final = 0.002
_LOOK_EVERY: Final = 16
_MEMORY_LIMIT: Final = 200_000


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


class PeerBook:
    """The live peers of one downloader with their decisions; judges what changed since the last snapshot."""

    def __init__(
        self, downloader: str, judge: Judge, find_ban: Callable[[IPAddress], Ban | None]
    ) -> None:
        self._downloader, self._judge, self._find_ban = downloader, judge, find_ban
        self._torrents: dict[str, tuple[TorrentPeers, dict[Endpoint, JudgedPeer]]] = {}
        self._judge_generation = -1
        self._ban_generation = -1
        self._unsettled_gone: frozenset[PeerKey] = frozenset()

    def __len__(self) -> int:
        return sum(len(peers) for _, peers in self._torrents.values())

    def torrents(self) -> tuple[TorrentPeers, ...]:
        """As the last snapshot had them."""
        return tuple(seen for seen, _ in self._torrents.values())

    def peers(self, torrent_id: str | None = None) -> tuple[JudgedPeer, ...]:
        """The live peers, of one torrent or of all."""
        if torrent_id is not None:
            found = self._torrents.get(torrent_id)
            return () if found is None else tuple(found[1].values())
        return tuple(peer for _, peers in self._torrents.values() for peer in peers.values())

    def listed(self) -> list[JudgedPeer]:
        """The live peers that the ban list covers."""
        return [peer for _, peers in self._torrents.values() for peer in peers.values() if peer.ban]

    def get(self, key: PeerKey) -> JudgedPeer | None:
        """One live peer."""
        found = self._torrents.get(key.torrent)
        return None if found is None else found[1].get(key.endpoint)

    def clear(self) -> frozenset[PeerKey]:
        """Forget everybody; returns who was there."""
        gone = frozenset(judged.key for judged in self.peers())
        self._torrents.clear()
        return gone

    async def judge(self, snapshot: Snapshot, ban_generation: int) -> Judged:
        """Judge the peers of `snapshot` that are new or changed; all of them when rules or bans changed.

        Readers see the state before until all is judged. What it returns is due again until `settle`.
        """
        anew = self._judge_generation != self._judge.generation
        listed_anew = anew or self._ban_generation != ban_generation
        judge_generation = self._judge.generation
        changed: dict[PeerKey, JudgedPeer] = {}
        gone = set(self._unsettled_gone)
        slices = Slices()
        before, after = self._torrents, {}
        for seen in snapshot.torrents:
            old = before.get(seen.torrent.id)
            if old is not None and old[0].peers is seen.peers and not listed_anew:
                after[seen.torrent.id] = (seen, old[1])
                continue
            known = {} if old is None else old[1]
            live: dict[Endpoint, JudgedPeer] = {}
            for peer in seen.peers if seen.judged else ():
                if slices.due():
                    await slices.rest()
                last = known.get(peer.address.raw)
                judged = self._one(seen.torrent, peer, last, snapshot.at, anew, listed_anew)
                live[peer.address.raw] = judged
                if judged is not last or anew:
                    changed[judged.key] = judged
            after[seen.torrent.id] = (seen, live)
            gone.update(judged.key for end, judged in known.items() if end not in live)
        for torrent_id, (_, peers) in before.items():
            if torrent_id not in after:
                gone.update(judged.key for judged in peers.values())
        gone.difference_update(changed)
        self._torrents = after
        self._judge_generation, self._ban_generation = judge_generation, ban_generation
        self._unsettled_gone = frozenset(gone)
        return Judged(changed, self._unsettled_gone)

    def settle(self) -> None:
        """What the last judging returned has been dealt with and announced."""
        self._unsettled_gone = frozenset()

    def unsettle(self) -> None:
        """It has not: judge and return everybody next time."""
        self._judge_generation = -1

    def _one(
        self,
        torrent: Torrent,
        peer: Peer,
        last: JudgedPeer | None,
        at: int,
        anew: bool,  # noqa: FBT001
        listed_anew: bool,  # noqa: FBT001
    ) -> JudgedPeer:
        if last is not None and last.peer is peer and not listed_anew:
            return last
        ban = self._find_ban(peer.address.ip)
        if last is not None and not anew and same_identity(last.peer, peer):
            decision = last.decision
        else:
            decision = self._judge.decide(peer, torrent)
        if last is not None and last.peer is peer and last.decision is decision and last.ban is ban:
            return last
        first_seen = at if last is None else last.first_seen
        key = PeerKey(self._downloader, torrent.id, peer.address.raw) if last is None else last.key
        return JudgedPeer(key, torrent, peer, decision, first_seen, ban)


def same_identity(one: Peer, other: Peer) -> bool:
    """Whether identity rules see no difference."""
    return (
        one.peer_id == other.peer_id
        and one.client_name == other.client_name
        and one.handshaking == other.handshaking
        and one.address == other.address
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
