"""One place in the simulated swarm: peer after peer lives in it, transfers, is banned, comes back.

Everything follows from the slot's number, the seed and the clock, so a slot that nobody looks at
costs nothing, and a look after an hour costs the same as one after a second.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from app.demo.address import Form, neighbour, public
from app.demo.cast import BANNED, HONEST, KIB, MIB, Client
from app.demo.motion import NEVER, Bursts, Claim, Growing, Rewinding, Steady
from app.demo.peer import Face, Manner, PeerState, known_by_address, known_by_name
from app.domain.address import IPAddress

_WOBBLE: Final = 201  # speeds differ from second to second by up to 10 %
_KEPT: Final = 9  # tenths of our own data that an honest peer takes at most


class Kind(Enum):
    """How a peer behaves."""

    LEECHER = auto()
    SEED = auto()
    """A seed we download from."""
    IDLE = auto()
    """Connected, and never transfers."""
    HANDSHAKING = auto()
    """Neither client name nor peer id yet; gone soon."""
    WEB_SEED = auto()
    I2P = auto()
    BANNED = auto()
    """Betrayed by its name or its id."""
    CHEATER = auto()
    """An ordinary client by name that lies about its progress."""

    @property
    def is_dishonest(self) -> bool:
        return self in {Kind.BANNED, Kind.CHEATER}


class AddressFilter(Protocol):
    """What the swarm asks of a ban list."""

    def blocks(self, ip: IPAddress) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a slot must know of its torrent."""

    size: int
    file: str
    held: int
    """Bytes we hold from the start; honest peers never take more."""
    is_moving: bool
    """Whether anything is transferred on it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a slot is for all its life; `number` is unique and below `stride`."""

    number: int
    stride: int
    kind: Kind
    form: Form
    turn: int = 0
    """How many slots of this kind come before it."""
    subnet: int = 0
    """Above 0: the /24 this slot shares with others of the same number."""

    def address(self, generation: int, port: int) -> IPAddress:
        if self.subnet:
            return neighbour(self.subnet, 1 + self.number + generation * 7)
        return public(self.form, self.nth(generation), port)

    def port(self, generation: int) -> int:
        return 1025 + self.nth(generation) * 40_503 % 64_000

    def nth(self, generation: int) -> int:
        """A number for one peer, different for each peer of the swarm."""
        # Those that never get beyond the handshake are the same few, trying again and again.
        visits = generation % 16 if self.kind is Kind.HANDSHAKING else generation
        return self.number + visits * self.stride


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guest:
    """The peer that lives in a slot now."""

    face: Face
    claim: Claim
    bursts: Bursts
    since: int
    until: int
    at_first: int
    """Bytes exchanged before it came, which qBittorrent remembers."""
    limit: int
    """Bytes it exchanges at most during this stay."""


class Slot:
    """One place; `advance` brings it to a second, then `key` and `state` show who is there."""

    __slots__ = (
        "_away",
        "_guest",
        "_lost",
        "_moved",
        "_returns",
        "_shared",
        "bursts",
        "due",
        "generation",
        "key",
        "lifetime",
        "phase",
        "rate",
        "role",
        "seed",
        "state",
    )

    def __init__(self, role: Role, shared: Shared, *, seed: int, churn: float) -> None:
        dice = random.Random((seed << 64) | role.number)
        self.role, self.seed, self._shared = role, seed, shared
        self.lifetime = _lifetime(role.kind, dice)
        self.phase = dice.randrange(self.lifetime)
        self.rate = _rate(role.kind, dice)
        self.bursts = _bursts(role.kind, dice, churn if shared.is_moving else 0.0)
        self.generation = -1
        """How many peers lived here before; -1 before the first look."""
        self.key = ""
        self.state: PeerState | None = None
        self.due = -NEVER
        """The next second at which `state` differs from now."""
        self._guest: _Guest | None = None
        self._away: int | None = None
        self._returns = NEVER
        self._lost = self._moved = 0

    @property
    def ip(self) -> IPAddress | None:
        return self._guest.face.ip if self._guest else None

    def advance(self, tick: int, bans: AddressFilter) -> int:
        """Bring the slot to `tick`; returns the bytes exchanged since the last look."""
        guest = self._guest
        before = self._moved
        extra = 0
        if guest is None or tick >= guest.until:
            if guest is not None:
                extra = self._exchanged(guest, guest.until) - before
            guest = self._welcome((tick + self.phase) // self.lifetime, bans)
            before = 0
        if self._away is not None and tick >= self._returns:
            self._lost += guest.bursts.seconds(self._returns) - guest.bursts.seconds(self._away)
            self._away = None
        self._moved = self._exchanged(guest, tick)
        self._show(guest, tick)
        return extra + self._moved - before

    def block(self, tick: int) -> None:
        """Drop the peer: its address has been banned."""
        if self._away is None:
            self._away = tick
        self._returns = NEVER
        self.state, self.due = None, NEVER if self._guest is None else self._guest.until

    def unblock(self, tick: int) -> None:
        """Let the peer find its way back, some seconds from now."""
        if self._away is not None and self._returns == NEVER:
            self._returns = tick + 3 + self.role.number % 6
            self.due = min(self.due, self._returns)

    def _exchanged(self, guest: _Guest, tick: int) -> int:
        now = tick if self._away is None else self._away
        seconds = guest.bursts.seconds(now) - guest.bursts.seconds(guest.since) - self._lost
        return min(guest.limit, seconds * self.rate)

    def _welcome(self, generation: int, bans: AddressFilter) -> _Guest:
        guest = self._guest = _invite(self, self._shared, generation)
        self.generation = generation
        self.key = guest.face.key
        self._lost = 0
        self._away, self._returns = None, NEVER
        if guest.face.ip is not None and bans.blocks(guest.face.ip):
            self._away = guest.since
        return guest

    def _show(self, guest: _Guest, tick: int) -> None:
        if self._away is not None:
            self.state, self.due = None, min(self._returns, guest.until)
            return
        moved = self._moved
        is_seed = self.role.kind is Kind.SEED
        speed = 0
        self.due = guest.until
        if moved < guest.limit:
            self.due = min(guest.until, guest.bursts.next_change(tick))
            if guest.bursts.is_on(tick):
                turn = (tick * 7919 + self.role.number * 104_729) % _WOBBLE - _WOBBLE // 2
                speed = self.rate + self.rate * turn // 1000
        total = guest.at_first + moved
        self.state = guest.face.state(
            progress=round(guest.claim.at(tick, moved), 6),
            uploaded=0 if is_seed else total,
            downloaded=total if is_seed else 0,
            up_speed=0 if is_seed else speed,
            dl_speed=speed if is_seed else 0,
        )


def _lifetime(kind: Kind, dice: random.Random) -> int:
    match kind:
        case Kind.HANDSHAKING:
            return dice.randint(10, 30)
        case Kind.BANNED | Kind.CHEATER:
            return dice.randint(600, 1800)
        case Kind.WEB_SEED:
            return 1 << 30
        case _:
            return dice.randint(1200, 3600)


def _rate(kind: Kind, dice: random.Random) -> int:
    if kind is Kind.CHEATER:
        return dice.randint(512 * KIB, 4 * MIB)
    return int(20 * KIB * 2 ** dice.uniform(0.0, 6.6))


def _bursts(kind: Kind, dice: random.Random, churn: float) -> Bursts:
    """Dishonest peers take all the time; honest ones are at rest but for a `churn` share of it."""
    burst = dice.randint(60, 300)
    phase = dice.randrange(1 << 20)
    if churn <= 0 or kind in {Kind.IDLE, Kind.HANDSHAKING, Kind.WEB_SEED, Kind.I2P}:
        return Bursts(burst=0, period=3600, phase=0)
    if kind.is_dishonest or churn >= 1:
        return Bursts(burst=burst, period=burst, phase=phase)
    return Bursts(burst=burst, period=round(burst / churn), phase=phase)


def _invite(slot: Slot, shared: Shared, generation: int) -> _Guest:
    role = slot.role
    dice = random.Random((slot.seed << 64) | (role.number << 32) | (generation + 1))
    since = generation * slot.lifetime - slot.phase
    claim, at_first, limit = _account(role.kind, dice, shared)
    return _Guest(
        face=_face(role, dice, shared, generation),
        claim=claim,
        bursts=slot.bursts,
        since=since,
        until=since + slot.lifetime,
        at_first=at_first,
        limit=limit,
    )


def _account(kind: Kind, dice: random.Random, shared: Shared) -> tuple[Claim, int, int]:
    """What a peer claims, what it exchanged before it came, and what it exchanges at most now."""
    match kind:
        case Kind.LEECHER:
            start, gain = dice.uniform(0.0, 0.8), dice.randint(2, 8)
            fair = shared.held * _KEPT // 10
            at_first = min(fair, int(start * shared.size * dice.uniform(0.0, 0.3)))
            limit = min(int((1 - start) * shared.size / gain), fair - at_first)
            return Growing(start, gain, shared.size), at_first, limit
        case Kind.BANNED:
            return Growing(dice.uniform(0.0, 0.3), 1, shared.size), 0, NEVER
        case Kind.CHEATER:
            return _lie(dice, shared)
        case Kind.SEED:
            return Steady(1.0), 0, NEVER
        case Kind.IDLE:
            return Steady(round(dice.random(), 3)), 0, 0
        case Kind.WEB_SEED | Kind.I2P:
            return Steady(1.0), 0, 0
        case Kind.HANDSHAKING:
            return Steady(0.0), 0, 0


def _lie(dice: random.Random, shared: Shared) -> tuple[Claim, int, int]:
    """Half have taken more than there is already, the others are on their way."""
    taken = dice.uniform(1.6, 2.8) if dice.random() < 0.5 else dice.uniform(0.15, 0.5)  # noqa: PLR2004
    at_first = int(taken * shared.size)
    match dice.randrange(3):
        case 0:
            return Steady(0.0), at_first, NEVER
        case 1:
            return Steady(round(dice.uniform(0.004, 0.05), 4)), at_first, NEVER
        case _:
            low = dice.uniform(0.05, 0.2)
            climb = Rewinding(low, low + dice.uniform(0.15, 0.3), dice.randint(40, 90))
            return climb, max(at_first, int(0.6 * shared.size)), NEVER


def _face(role: Role, dice: random.Random, shared: Shared, generation: int) -> Face:
    connection, source = dice.choice(("BT", "BT", "μTP")), dice.choice(("X", "H", ""))
    incoming, wire = dice.choice(("I", "")), dice.choice(("E", "e", ""))
    tail = " ".join(filter(None, (incoming, source, wire, "P" if connection == "μTP" else "")))
    head, rest = ("D", "d") if role.kind is Kind.SEED else ("U", "u")
    is_greeting = role.kind is Kind.HANDSHAKING
    is_web = role.kind is Kind.WEB_SEED
    manner = Manner(
        client=_who(role, dice, generation),
        connection="Web" if is_web else connection,
        files="" if is_greeting else shared.file,
        moving=f"{head} {tail}".strip(),
        resting=incoming if is_greeting else f"{rest} {tail}".strip(),
    )
    if role.kind is Kind.I2P:
        return known_by_name(f"{dice.getrandbits(208):052x}.b32.i2p", **manner)
    port = role.port(generation)
    return known_by_address(role.address(generation, port), 443 if is_web else port, **manner)


def _who(role: Role, dice: random.Random, generation: int) -> Client:
    match role.kind:
        case Kind.HANDSHAKING:
            return Client("", "")
        case Kind.WEB_SEED:
            return Client("", "mirror.example.net")
        case Kind.BANNED:
            # In turn, so that even a small swarm shows many of them.
            return BANNED[(role.turn + generation * 7) % len(BANNED)]
        case _:
            return dice.choice(HONEST)
