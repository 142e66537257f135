"""The columns of sightings that are judged together."""

from __future__ import annotations

from app.domain.address import parse_ip, parse_prefix
from app.domain.key_ranges import KeyRanges
from app.domain.sighting import Batch
from tests.domain.rules.sightings import sighting

ADDRESSES = ("203.0.113.9", "2001:db8::1", "198.51.100.7", "64:ff9b::cb00:7109")


def test_columns_stand_in_the_order_of_the_sightings() -> None:
    seen = [sighting(ip) for ip in ADDRESSES]
    batch = Batch(seen)
    assert len(batch) == 4
    assert batch.peers == [each.peer for each in seen]
    assert batch.endpoints == [each.peer.address.effective for each in seen]
    assert batch.keys == [endpoint.key for endpoint in batch.endpoints]


def test_rules_see_the_address_after_translation() -> None:
    (endpoint,) = Batch([sighting("64:ff9b::cb00:7109")]).endpoints
    assert endpoint.ip == parse_ip("203.0.113.9")


def test_families_are_told_apart_once_and_ranges_name_places() -> None:
    batch = Batch([sighting(ip) for ip in ADDRESSES])
    assert batch.split is batch.split
    assert (list(batch.split.at4), list(batch.split.at6)) == ([0, 2, 3], [1])
    assert list(batch.inside(KeyRanges([parse_prefix("203.0.113.0/24")]))) == [0, 3]
    assert list(batch.inside(KeyRanges([]))) == []
    assert len(Batch([])) == 0
