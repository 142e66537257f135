"""What two snapshots of a torrent do not share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.peer import Peer
from app.domain.snapshot import differing
from tests.domain.examples import peer

PEERS = [peer(f"203.0.113.{number}") for number in range(6)]
some = st.lists(st.sampled_from(PEERS), unique_by=id)


@given(some, some)
def test_each_has_what_the_other_has_not_wherever_it_stands(
    now: list[Peer], before: list[Peer]
) -> None:
    came, left = differing(now, before)
    assert list(map(id, came)) == [id(each) for each in now if each not in before]
    assert list(map(id, left)) == [id(each) for each in before if each not in now]
