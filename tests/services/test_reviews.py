"""When peers are to be judged again though nothing about them changed."""

from __future__ import annotations

from app.services.events import PeerKey
from app.services.reviews import Reviews
from tests.domain.examples import UBUNTU, peer

DAY = 24 * 3600 * 1000
ONE, TWO = (PeerKey("qb", UBUNTU.id, peer(ip).address.raw) for ip in ("203.0.113.1", "203.0.113.2"))


def test_a_peer_is_due_from_its_moment_until_it_is_judged() -> None:
    reviews = Reviews()
    reviews.at(ONE, 10)
    reviews.at(TWO, 20)
    assert reviews.due(9) == {}
    assert reviews.due(10) == reviews.due(11) == {UBUNTU.id: {ONE.endpoint}}
    reviews.at(ONE, None)
    assert reviews.due(20) == {UBUNTU.id: {TWO.endpoint}}


def test_who_is_gone_is_due_no_more() -> None:
    reviews = Reviews()
    reviews.at(ONE, 10)
    reviews.drop([ONE])
    assert reviews.due(10) == {}


def test_looks_that_are_put_off_again_and_again_take_no_room() -> None:
    reviews = Reviews()
    keys = [PeerKey("qb", UBUNTU.id, peer(f"203.0.113.{each}").address.raw) for each in range(100)]
    for moment in range(1_000):
        for key in keys:
            reviews.at(key, DAY + moment)
    assert len(reviews) < 2_000
    assert reviews.due(DAY + 998) == {}
    assert reviews.due(DAY + 999) == {UBUNTU.id: {key.endpoint for key in keys}}
