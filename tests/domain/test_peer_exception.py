"""Exceptions as values."""

from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException
from app.domain.sighting import Sighting
from tests.domain.examples import UBUNTU, peer


def test_an_exception_without_scopes_covers_everybody() -> None:
    entry = PeerException(id="x")
    assert entry.covers(Sighting(at=0, downloader="", torrent=UBUNTU, peer=peer()))
    assert not entry.unconditional


def test_only_a_prefix_without_more_is_unconditional() -> None:
    prefix = parse_prefix("203.0.113.0/24")
    assert PeerException(id="x", prefix=prefix, until=5, note="n").unconditional
    assert not PeerException(id="x", prefix=prefix, rule="auto-range-ban").unconditional


def test_it_ends_at_its_end() -> None:
    assert PeerException(id="x").in_force(10**15)
    assert PeerException(id="x", until=5).in_force(4)
    assert not PeerException(id="x", until=5).in_force(5)


def test_prefixes_of_one_family_say_nothing_about_the_other() -> None:
    sighting = Sighting(at=0, downloader="", torrent=UBUNTU, peer=peer("2001:db8::1"))
    assert not PeerException(id="x", prefix=parse_prefix("0.0.0.0/0")).covers(sighting)
    assert PeerException(id="x", prefix=parse_prefix("2001:db8::/32")).covers(sighting)
