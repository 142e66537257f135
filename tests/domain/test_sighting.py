"""The columns of sightings that are judged together."""

from __future__ import annotations

from operator import attrgetter

from msgspec import structs

from app.domain.address import parse_ip, parse_prefix
from app.domain.key_ranges import KeyRanges
from app.domain.script_variable import VARIABLES
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


def test_a_row_holds_what_stands_at_its_paths() -> None:
    batch = Batch([sighting(port=1), sighting(port=2, client_name="x")])
    assert batch.rows(("peer.client_name", "peer.address.raw.port")) == [
        ("qBittorrent/4.6.5", 1),
        ("x", 2),
    ]
    assert batch.rows(("peer.client_name",)) == ["qBittorrent/4.6.5", "x"]
    assert batch.rows(()) == [(), ()]
    assert batch.rows(("at", "peer.progress")) is batch.rows(("at", "peer.progress"))


def test_every_variable_of_scripts_has_a_column() -> None:
    seen = sighting()
    for variable in VARIABLES.values():
        assert Batch([seen]).column(variable.path) == [attrgetter(variable.path)(seen)]


def test_of_nobody_there_is_nothing() -> None:
    batch = Batch([])
    assert batch.rows(()) == batch.rows(("at",)) == batch.rows(("at", "downloader")) == []


def test_what_is_left_of_it_keeps_its_rows() -> None:
    batch = Batch([sighting(ip, port=port) for port, ip in enumerate(ADDRESSES)])
    ports = batch.rows(("peer.address.raw.port", "at"))
    part = batch.without([1, 2])
    assert part.sightings == [batch.sightings[0], batch.sightings[3]]
    assert part.keys == [batch.keys[0], batch.keys[3]]
    assert part.rows(("peer.address.raw.port", "at")) == [ports[0], ports[3]]
    assert len(batch) == 4


def test_runs_are_of_one_torrent_at_one_downloader() -> None:
    one, same = sighting(port=1), sighting(port=2)
    same = structs.replace(same, torrent=one.torrent)
    other = structs.replace(same, torrent=structs.replace(one.torrent, id="other"))
    away = structs.replace(same, downloader="away")
    seen = [one, same, other, same, away]
    batch = Batch(seen)
    assert [seen[run.places] for run in batch.runs] == [[one, same], [other], [same], [away]]
    assert [(run.torrent, run.downloader) for run in batch.runs] == [
        (first.torrent, first.downloader) for first in (one, other, same, away)
    ]
    assert Batch([]).runs == []
