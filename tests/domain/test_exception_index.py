"""Finding exceptions; that it equals asking each of them is a property of tests/services/test_exceptions.py."""

from app.domain.address import parse_prefix
from app.domain.exception_index import ExceptionIndex
from app.domain.peer_exception import PeerException
from app.domain.sighting import Sighting
from tests.domain.examples import UBUNTU, peer

WIDE = PeerException(id="wide", prefix=parse_prefix("203.0.0.0/16"))
NARROW = PeerException(id="narrow", prefix=parse_prefix("203.0.113.9"))
SEEN = Sighting(at=0, downloader="", torrent=UBUNTU, peer=peer("203.0.113.9"))


def test_the_narrowest_block_is_named_first() -> None:
    assert ExceptionIndex([NARROW, WIDE]).find(SEEN, 0) is NARROW
    assert [*ExceptionIndex([NARROW, WIDE]).all(SEEN, 0)] == [NARROW, WIDE]


def test_blocks_around_and_within_a_prefix_are_found() -> None:
    index = ExceptionIndex([WIDE, NARROW])
    assert len(index) == 2
    assert [*index.around(parse_prefix("203.0.113.0/24"))] == [WIDE]
    assert NARROW in [*index.within(parse_prefix("203.0.113.0/24"))]


def test_an_empty_index_finds_nothing() -> None:
    assert ExceptionIndex([]).find(SEEN, 0) is None
