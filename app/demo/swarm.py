"""The simulated swarm: torrents and peers at any size, driven by a seed and a clock.

It costs nothing while nobody asks. A peer that is banned is gone at once, stays out while its
address is listed, and comes back some seconds after it is taken off the list.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from app.demo.address import Form, embedded
from app.demo.slot import AddressFilter, Kind, Role, Slot
from app.demo.torrent import SimTorrent, TorrentFacts, plan
from app.domain.address import IPAddress

_FARM: Final = 1
_CAMPUS: Final = 2
_FARM_SIZE: Final = 4
_CAMPUS_SIZE: Final = 2
_ALL_FORMS: Final = 50
"""From this size on the swarm has a peer of each way to write an address."""
_ALL_KINDS: Final = 100
_IPV6_SHARE: Final = 0.18


class Nobody:
    """The empty ban list."""

    def blocks(self, ip: IPAddress) -> bool:
        del ip
        return False


class Swarm:
    """Torrents and their peers, as a server would know them at this second."""

    def __init__(
        self,
        *,
        peers: int = 120,
        torrents: int = 12,
        seed: int = 7,
        churn: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Plan a swarm of `peers` connected peers on `torrents` torrents.

        `churn` is the share of honest peers that transfer at a time, and so change from sweep to
        sweep; the others stay exactly equal. Dishonest peers, about 12 in 100, always transfer.
        `clock` counts seconds from anywhere.
        """
        if peers < 0 or torrents < 1:
            raise ValueError("a swarm needs at least one torrent and no negative number of peers")
        self._clock = clock
        self._start = clock()
        self._bans: AddressFilter = Nobody()
        facts = plan(torrents, seed)
        cast = _cast(peers, facts, random.Random(seed))
        self._torrents = {
            each.hash: SimTorrent(
                each,
                tuple(Slot(role, each.shared, seed=seed, churn=churn) for role in roles),
                self._bans,
            )
            for each, roles in zip(facts, cast, strict=True)
        }

    def tick(self) -> int:
        """Whole seconds since the swarm began."""
        return int(self._clock() - self._start)

    def torrents(self) -> tuple[SimTorrent, ...]:
        """All torrents, brought up to now."""
        tick = self.tick()
        for torrent in self._torrents.values():
            torrent.refresh(tick)
        return tuple(self._torrents.values())

    def torrent(self, info_hash: str) -> SimTorrent | None:
        """One torrent brought up to now, by its hash in any case; none if it is not there."""
        torrent = self._torrents.get(info_hash.lower())
        if torrent is not None:
            torrent.refresh(self.tick())
        return torrent

    def remove(self, info_hash: str) -> None:
        """Take a torrent away, as a user would."""
        del self._torrents[info_hash]

    def ban(self, bans: AddressFilter) -> None:
        """Replace the ban list; takes effect at once."""
        self._bans = bans
        for torrent in self.torrents():
            torrent.apply(bans)

    def dishonest_addresses(self, *, cheaters: bool = True) -> frozenset[IPAddress]:
        """Where dishonest peers have been until now, as reported and as the IPv4 address inside.

        Without `cheaters` only those whom a client name or peer id betrays.
        """
        kinds = {Kind.BANNED, Kind.CHEATER} if cheaters else {Kind.BANNED}
        return frozenset(self._addresses(kinds))

    def honest_addresses(self) -> frozenset[IPAddress]:
        """Where honest peers have been until now; never one of the dishonest ones."""
        return frozenset(self._addresses({kind for kind in Kind if not kind.is_dishonest}))

    def _addresses(self, kinds: set[Kind]) -> Iterator[IPAddress]:
        tick = self.tick()
        for torrent in self._torrents.values():
            for slot in torrent.slots:
                role = slot.role
                if role.kind not in kinds or role.kind is Kind.I2P:
                    continue
                for generation in range((tick + slot.phase) // slot.lifetime + 1):
                    ip = role.address(generation, role.port(generation))
                    yield ip
                    inside = embedded(ip)
                    if inside is not None:
                        yield inside


def _cast(peers: int, facts: tuple[TorrentFacts, ...], dice: random.Random) -> list[list[Role]]:
    """Who is on which torrent: one list of roles for each torrent."""
    kinds = _kinds(peers, has_downloads=any(_wants_seeds(each) for each in facts))
    dice.shuffle(kinds)
    cast: list[list[Role]] = [[] for _ in facts]
    places = _Places(facts, dice)
    turns = Counter[Kind]()
    farm = dice.choice([i for i, each in enumerate(facts) if _is_open(each)])
    forms = _special_forms(peers)
    neighbours, farmers, campus = min(_CAMPUS_SIZE, len(facts) - 1), 0, 0
    for number, kind in enumerate(kinds):
        place = places.draw(kind)
        form, subnet = _form(kind, dice), 0
        if kind is Kind.BANNED:
            if forms:
                form = forms.pop()
            elif form is Form.IPV4 and farmers < _FARM_SIZE and peers >= _ALL_FORMS:
                place, subnet = farm, _FARM
                farmers += 1
        elif kind is Kind.LEECHER and peers >= _ALL_KINDS and campus < neighbours:
            # Two honest neighbours, never on the same torrent.
            place, form, subnet = campus, Form.IPV4, _CAMPUS
            campus += 1
        cast[place].append(
            Role(
                number=number,
                stride=len(kinds),
                kind=kind,
                form=form,
                turn=turns[kind],
                subnet=subnet,
            )
        )
        turns[kind] += 1
    return cast


def _kinds(peers: int, *, has_downloads: bool) -> list[Kind]:
    kinds = [Kind.BANNED] * round(peers * 0.08) + [Kind.CHEATER] * round(peers * 0.04)
    kinds += [Kind.HANDSHAKING] * round(peers * 0.02) + [Kind.IDLE] * round(peers * 0.1)
    if peers >= _ALL_KINDS:
        kinds += [Kind.WEB_SEED, Kind.I2P]
    if has_downloads:
        kinds += [Kind.SEED] * round(peers * 0.12)
    return kinds + [Kind.LEECHER] * (peers - len(kinds))


def _special_forms(peers: int) -> list[Form]:
    """The rare ways to write an address; the first dishonest peers get them."""
    if peers < _ALL_FORMS:
        return []
    return [Form.IPV6, Form.MAPPED, Form.TEREDO, Form.NAT64]


def _form(kind: Kind, dice: random.Random) -> Form:
    if kind is Kind.WEB_SEED:
        return Form.IPV4
    return Form.IPV6 if dice.random() < _IPV6_SHARE else Form.IPV4


class _Places:
    """Draws the torrent for a peer of a kind; popular torrents come more often."""

    def __init__(self, facts: tuple[TorrentFacts, ...], dice: random.Random) -> None:
        self._dice = dice
        running = [not each.is_paused for each in facts]
        self._anywhere = _weigh(running)
        self._open = _weigh([_is_open(each) for each in facts])
        self._wanting = _weigh([_wants_seeds(each) for each in facts])

    def draw(self, kind: Kind) -> int:
        if kind.is_dishonest:
            places, weights = self._open
        elif kind is Kind.SEED:
            places, weights = self._wanting
        else:
            places, weights = self._anywhere
        return self._dice.choices(places, cum_weights=weights)[0]


def _weigh(fitting: list[bool]) -> tuple[list[int], list[float]]:
    places = [i for i, fits in enumerate(fitting) if fits]
    return places, list(accumulate(1.0 / (i % 24 + 3) ** 0.5 for i in places))


def _is_open(facts: TorrentFacts) -> bool:
    """Whether dishonest peers find it: public, and with something to take."""
    return not (facts.is_paused or facts.is_resting or facts.is_private)


def _wants_seeds(facts: TorrentFacts) -> bool:
    return facts.held < facts.size and not facts.is_paused and not facts.is_resting
