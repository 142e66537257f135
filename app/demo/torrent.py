"""One torrent of the simulated server: its peers at a second, and the sums over them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.demo.cast import GIB, KIB, MIB, TITLES, Title
from app.demo.motion import NEVER
from app.demo.peer import PeerState
from app.demo.slot import AddressFilter, Kind, Shared, Slot
from app.demo.trackers import Tracked

BORN: Final = 1_790_812_800
"""Second 0 of the swarm as Unix time; fixed, so that a seed always tells the same story."""

_TRACKERS: Final = (
    "udp://tracker.example.org:6969/announce",
    "https://tracker.example.net/announce",
    "udp://open.example.com:1337/announce",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TorrentFacts:
    """What does not change about a torrent."""

    hash: str
    """40 hexadecimal digits."""
    name: str
    size: int
    piece_size: int
    held: int
    """Bytes we have at second 0."""
    given: int
    """Bytes we have uploaded before second 0."""
    is_private: bool
    is_paused: bool
    is_resting: bool
    """Peers are connected, but nothing is ever transferred."""
    category: str
    added_on: int
    trackers: tuple[str, ...]
    """At second 0."""

    @property
    def shared(self) -> Shared:
        return Shared(
            size=self.size,
            file=self.name,
            held=self.held,
            is_moving=not (self.is_paused or self.is_resting),
        )


class SimTorrent:
    """A torrent with its peers; `refresh` brings it to a second.

    `revision` grows whenever the torrent or a peer changed: equal revisions mean equal answers.
    """

    def __init__(self, facts: TorrentFacts, slots: tuple[Slot, ...], bans: AddressFilter) -> None:
        self.facts = facts
        self.slots = slots
        self.revision = 0
        self.tick = -1
        self.up_speed = self.down_speed = self.seeds = self.leechers = 0
        self.uploaded = facts.given
        self.downloaded = facts.held
        self.last_activity = facts.added_on
        self.trackers: Tracked = {url: tier for tier, url in enumerate(facts.trackers)}
        self._bans = bans
        self._peers: dict[str, PeerState] = {}
        self._complete_at = self._end_of_download()

    @property
    def peers(self) -> Mapping[str, PeerState]:
        """Who is connected, by the server's key; peers that did not change are the same objects."""
        return self._peers

    @property
    def is_complete(self) -> bool:
        return self.tick >= self._complete_at

    @property
    def completed(self) -> int:
        """Bytes we have."""
        return self.facts.size if self.is_complete else min(self.facts.size - 1, self.downloaded)

    @property
    def progress(self) -> float:
        return self.completed / self.facts.size

    @property
    def pieces_have(self) -> int:
        return self.pieces if self.is_complete else self.completed // self.facts.piece_size

    @property
    def pieces(self) -> int:
        return -(-self.facts.size // self.facts.piece_size)

    def refresh(self, tick: int) -> None:
        """Bring every peer to `tick`; peers that are not due cost one comparison."""
        if tick <= self.tick:
            return
        changed = tick >= self._complete_at > self.tick
        for slot in self.slots:
            if slot.due <= tick:
                changed |= self._advance(slot, tick)
        self.tick = tick
        if changed:
            self.revision += 1
            if self.up_speed or self.down_speed:
                self.last_activity = BORN + tick

    def apply(self, bans: AddressFilter) -> None:
        """Drop whom the list names and let return whom it no longer names; `refresh` first."""
        self._bans = bans
        for slot in self.slots:
            ip = slot.ip
            if ip is None:
                continue
            if not bans.blocks(ip):
                slot.unblock(self.tick)
            elif slot.state is not None:
                self._forget(slot.key, slot.state)
                slot.block(self.tick)
                self.revision += 1
            else:
                slot.block(self.tick)

    def announce_to(self, trackers: Tracked) -> None:
        """Replace its trackers."""
        self.trackers = trackers
        self.revision += 1

    def _advance(self, slot: Slot, tick: int) -> bool:
        key, old = slot.key, slot.state
        moved = slot.advance(tick, self._bans)
        if slot.role.kind is Kind.SEED:
            self.downloaded += moved
        else:
            self.uploaded += moved
        new = slot.state
        if new == old and slot.key == key:
            return False
        if old is not None:
            self._count(old, -1)
            if new is None or slot.key != key:
                del self._peers[key]
        if new is not None:
            self._count(new, 1)
            self._peers[slot.key] = new
        return True

    def _forget(self, key: str, state: PeerState) -> None:
        self._count(state, -1)
        del self._peers[key]

    def _count(self, state: PeerState, sign: int) -> None:
        self.up_speed += sign * state.up_speed
        self.down_speed += sign * state.dl_speed
        if state.connection == "Web":
            return
        if state.progress >= 1.0:
            self.seeds += sign
        else:
            self.leechers += sign

    def _end_of_download(self) -> int:
        """When the seeds will have given us everything, going by their average speed."""
        seeds = [slot for slot in self.slots if slot.role.kind is Kind.SEED]
        missing = self.facts.size - self.facts.held
        if missing <= 0:
            return -NEVER
        speed = sum(slot.rate * slot.bursts.burst / slot.bursts.period for slot in seeds)
        if speed <= 0:
            return NEVER
        end = round(missing / speed)
        for slot in seeds:
            slot.bursts = replace(slot.bursts, ends=end)
        return end


def plan(count: int, seed: int) -> tuple[TorrentFacts, ...]:
    """`count` torrents: most seeded, some still downloaded, private or at rest; the last is paused."""
    dice = random.Random(seed * 1_000_003 + count)
    return tuple(_facts(index, count, seed, dice) for index in range(count))


def _facts(index: int, count: int, seed: int, dice: random.Random) -> TorrentFacts:
    title = _title(index)
    is_paused = count > 2 and index == count - 1  # noqa: PLR2004 - two torrents are both wanted moving
    is_downloading = index % 5 == 1 and not is_paused
    is_private = index % 8 == 3 and not is_paused  # noqa: PLR2004
    age = dice.randint(2, 400) * 86_400 + dice.randrange(86_400)
    held = int(title.size * dice.uniform(0.35, 0.8)) if is_downloading else title.size
    return TorrentFacts(
        hash=hashlib.sha1(
            f"{seed}/{index}/{title.name}".encode(), usedforsecurity=False
        ).hexdigest(),
        name=title.name,
        size=title.size,
        piece_size=_piece_size(title.size),
        held=held,
        given=0 if is_paused else int(held * dice.uniform(0.2, 12.0)),
        is_private=is_private,
        is_paused=is_paused,
        is_resting=index % 6 == 4 and not is_paused,  # noqa: PLR2004
        category=dice.choice(("", "linux", "open culture")),
        added_on=BORN - age,
        trackers=("https://private.example.org/announce",)
        if is_private
        else _TRACKERS[: 1 + index % 3],
    )


def _title(index: int) -> Title:
    """The titles in turn; further rounds are other parts of the same, each of its own size."""
    turn, place = divmod(index, len(TITLES))
    name, size = TITLES[place]
    if not turn:
        return TITLES[place]
    return Title(f"{name}.part{turn + 1:02d}", size * (100 + 37 * turn % 61) // 100)


def _piece_size(size: int) -> int:
    if size > 16 * GIB:
        return 16 * MIB
    return 4 * MIB if size > 2 * GIB else 512 * KIB
