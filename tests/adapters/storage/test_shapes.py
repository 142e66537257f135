"""The parts of a payload."""

from __future__ import annotations

import msgspec
from hypothesis import given

from app.adapters.storage import shapes
from app.adapters.storage.columns import ip_of
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from tests.adapters.storage import examples, values


@given(values.peers)
def test_any_peer_survives_the_round_trip(peer: Peer) -> None:
    assert shapes.to_peer(shapes.from_peer(peer), ip_of) == peer


@given(values.torrents)
def test_any_torrent_survives_the_round_trip(torrent: Torrent) -> None:
    assert shapes.to_torrent(shapes.from_torrent(torrent)) == torrent


def test_the_file_format_is_what_it_was() -> None:
    peer = examples.ban().peer
    assert peer is not None

    assert msgspec.json.encode(shapes.from_peer(peer)) == (
        b'{"raw":["203.0.113.9",6881],"peer_id":"-XL0012-","client_name":"Xunlei 0.0.1",'
        b'"progress":0.0,"uploaded":5000,"flags":9}'
    )
