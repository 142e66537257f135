"""Nobody is banned who reports at least what was sent to him, alone or beside others."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.address import Endpoint, PeerAddress
from app.domain.peer import Peer
from app.domain.progress_record import STRANGERS
from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.sighting import Sighting
from app.domain.torrent import Torrent
from app.domain.verdict import Action

SIZE = 1_000_000_000
TORRENTS = [
    Torrent(id=str(n), hash=str(n), name=str(n), size=SIZE, completed_size=SIZE, progress=1.0)
    for n in range(2)
]
BLOCK = 0x20010DB8 << 96


@dataclass
class User:
    """Somebody whose client tells the truth."""

    host: int
    port: int
    received: list[int] = field(default_factory=lambda: [0, 0])
    """Bytes over all connections, by torrent."""
    shown: list[int] = field(default_factory=lambda: [0, 0])
    """The counter of the connection."""
    have: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def take(self, torrent: int, amount: int, elsewhere: int) -> None:
        """Receive from us, and from others."""
        room = SIZE - self.received[torrent]
        amount = min(amount, room)
        self.received[torrent] += amount
        self.shown[torrent] += amount
        have = max(self.have[torrent], self.received[torrent] / SIZE)
        self.have[torrent] = min(1.0, have + elsewhere / SIZE)

    def reconnect(self, port: int, *, carried: bool) -> None:
        """Come back from another port; some clients carry the counter over."""
        self.port = port
        if not carried:
            self.shown = [0, 0]


Step: TypeAlias = tuple[int, str, int, int, int, int]

STEPS = st.tuples(
    st.integers(0, 2),  # who
    st.sampled_from(["take", "take", "take", "reconnect"]),
    st.integers(0, 400_000_000),  # bytes from us
    st.sampled_from([0, 0, 1, 50_000_000]),  # bytes from others
    st.integers(0, 1),  # torrent
    st.integers(1, 600_000),  # milliseconds until it is looked at
)


def play(
    steps: list[Step],
    *,
    users: int,
    one_address: bool,
    carried: bool,
    spares: bool,
    together: bool,
) -> set[Action]:
    """Run honest users through the rule; `together` shows all of them at each look."""
    rule = ProgressCheat(fast_pcb_test_spares_consistent=spares)
    people = [User(host=1 if one_address else n + 1, port=1000 + n) for n in range(users)]
    at, port, seen = 1_000, 2_000, set()
    for who, what, amount, elsewhere, torrent, wait in steps:
        at += wait
        user = people[who % users]
        if what == "take":
            user.take(torrent, amount, elsewhere)
        else:
            port += 1
            if not one_address:
                user.host = port  # as IPv6 addresses change for privacy
            user.reconnect(port, carried=carried and one_address)
        for one in people if together else [user]:
            if one.shown[torrent] > 0:
                seen.add(rule.judge(sighting(one, torrent, at)).action)
    return seen


def sighting(user: User, torrent: int, at: int) -> Sighting:
    end = Endpoint(IPv6Address(BLOCK + user.host), user.port)
    peer = Peer(
        address=PeerAddress(raw=end, effective=end),
        progress=user.have[torrent],
        uploaded=user.shown[torrent],
        upload_rate=1000,
    )
    return Sighting(at=at, downloader="one", torrent=TORRENTS[torrent], peer=peer)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(STEPS, max_size=60), carried=st.booleans(), spares=st.booleans())
def test_an_honest_peer_is_never_banned(*, steps: list[Step], carried: bool, spares: bool) -> None:
    seen = play(steps, users=1, one_address=True, carried=carried, spares=spares, together=False)
    assert Action.BAN not in seen
    assert not spares or Action.BAN_FOR_DISCONNECT not in seen


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(STEPS, max_size=60),
    one_address=st.booleans(),
    spares=st.booleans(),
    together=st.booleans(),
)
def test_honest_neighbours_are_never_banned(
    *,
    steps: list[Step],
    one_address: bool,
    spares: bool,
    together: bool,
) -> None:
    """One who is looked at, and `STRANGERS` others, who come and go as they like."""
    seen = play(
        steps,
        users=1 + STRANGERS,
        one_address=one_address,
        carried=False,
        spares=spares,
        together=together,
    )
    assert Action.BAN not in seen
    assert not spares or Action.BAN_FOR_DISCONNECT not in seen


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 200_000_000)), max_size=400))
def test_a_crowd_of_honest_live_peers_behind_one_address_is_never_banned(
    steps: list[tuple[int, int]],
) -> None:
    rule = ProgressCheat(fast_pcb_test_spares_consistent=True)
    people = [User(host=1, port=1000 + n) for n in range(40)]
    at = 1_000
    for who, amount in steps:
        at += 5_000
        people[who].take(0, amount, 0)
        for user in people:
            if user.shown[0] > 0:
                assert rule.judge(sighting(user, 0, at)).action is Action.NO_ACTION


@pytest.mark.parametrize("one_address", [True, False])
def test_users_who_follow_each_other_may_each_fetch_everything(*, one_address: bool) -> None:
    rule = ProgressCheat()
    at, seen = 1_000, set()
    for number in range(1 + STRANGERS):
        user = User(host=1 if one_address else number + 1, port=1000 + number)
        for _ in range(100):
            at += 5_000
            user.take(0, SIZE // 100, 0)
            seen.add(rule.judge(sighting(user, 0, at)).action)
    assert Action.BAN not in seen


def test_neighbours_who_fetch_everything_side_by_side_are_let_be() -> None:
    rule = ProgressCheat()
    people = [User(host=n // 2, port=1000 + n) for n in range(8)]
    seen = set()
    for step in range(100):
        for user in people:
            user.take(0, SIZE // 100, 0)
            seen.add(rule.judge(sighting(user, 0, 1_000 + 5_000 * step)).action)
    assert Action.BAN not in seen
