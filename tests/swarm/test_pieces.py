"""What a forged peer claims and asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.swarm.pieces import Bitfield, Wishes
from tests.swarm.torrent import LabTorrent
from tests.swarm.wire import BLOCK

SHORT = LabTorrent(
    name="short", info_hash="0" * 40, size=5 * BLOCK + 7, piece_length=2 * BLOCK, metainfo=Path()
)


@given(st.integers(1, 400), st.floats(0, 1))
def test_a_claim_is_the_share_of_all_pieces_rounded_down(pieces: int, share: float) -> None:
    bits = Bitfield(pieces)
    bits.claim(share)
    assert bits.count == int(pieces * share)
    assert bits.share <= share
    assert len(bytes(bits)) == -(-pieces // 8)


def test_claimed_pieces_are_in_it() -> None:
    bits = Bitfield(10)
    bits.claim(0.2)
    bits.add(9)
    assert [piece for piece in range(10) if piece in bits] == [0, 1, 9]
    assert bytes(bits) == b"\xc0\x40"


@pytest.mark.parametrize("seed", ["36.110.0.1", "240e::1"])
def test_one_round_asks_for_every_byte_once(seed: str) -> None:
    wishes = Wishes(SHORT, seed)
    blocks = [wishes.next_block(None) for _ in range(6)]
    assert len(set(blocks)) == 6
    assert sum(length for _, _, length in blocks) == SHORT.size


def test_a_piece_is_whole_when_its_last_byte_came() -> None:
    wishes = Wishes(SHORT, "x")
    assert not wishes.received(0, BLOCK)
    assert wishes.received(0, BLOCK)
    assert wishes.received(2, BLOCK + 7)


def test_owned_pieces_are_not_asked_for() -> None:
    wishes, owned = Wishes(SHORT, "x"), Bitfield(SHORT.pieces)
    owned.add(0)
    owned.add(2)
    assert {wishes.next_block(owned)[0] for _ in range(8)} == {1}
