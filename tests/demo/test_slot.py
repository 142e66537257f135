"""One place in the swarm over time."""

from __future__ import annotations

from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from app.demo.address import Form
from app.demo.banned_ips import BanList
from app.demo.slot import Kind, Role, Shared, Slot

SHARED = Shared(size=2_000_000_000, file="a.iso", held=2_000_000_000, is_moving=True)
NOBODY = BanList()


def slot(kind: Kind, number: int = 5) -> Slot:
    role = Role(number=number, stride=100, kind=kind, form=Form.IPV4)
    return Slot(role, SHARED, seed=1, churn=0.3)


@given(st.sampled_from(Kind), st.integers(0, 90), st.integers(0, 5000))
def test_a_peer_stays_equal_until_it_is_due(kind: Kind, number: int, tick: int) -> None:
    early, late = slot(kind, number), slot(kind, number)
    early.advance(tick, NOBODY)
    later = min(early.due - 1, tick + 1000)
    late.advance(later, NOBODY)

    assert early.due > tick
    assert (early.key, early.state) == (late.key, late.state)


@given(st.sampled_from([Kind.LEECHER, Kind.BANNED]), st.integers(0, 90), st.integers(1, 900))
def test_what_a_peer_takes_only_grows_and_is_counted(kind: Kind, number: int, step: int) -> None:
    one = slot(kind, number)
    one.advance(0, NOBODY)
    key, state, counted = one.key, one.state, 0
    assert state is not None
    for turn in range(1, 6):
        counted += one.advance(turn * step, NOBODY)
        if one.key != key:
            return
        assert one.state is not None
        assert one.state.uploaded == state.uploaded + counted
        assert one.state.progress >= state.progress


def test_the_next_peer_of_a_slot_is_another_one() -> None:
    one = slot(Kind.LEECHER)
    one.advance(0, NOBODY)
    first = one.ip
    one.advance(one.lifetime, NOBODY)

    assert first is not None
    assert one.ip is not None
    assert one.ip not in ip_network(f"{first}/24", strict=False)


def test_those_that_never_finish_their_handshake_try_again_from_the_same_places() -> None:
    role = Role(number=5, stride=100, kind=Kind.HANDSHAKING, form=Form.IPV4)

    assert role.nth(3) == role.nth(19)
    assert role.nth(3) != role.nth(4)
