"""Making torrents and reading them again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.swarm.bencode import NotBencoded
from tests.swarm.torrent import PIECE, make_torrent, read_torrent, read_torrents


def test_a_torrent_is_read_as_it_was_made(tmp_path: Path) -> None:
    made = make_torrent(tmp_path, "one", 2 * PIECE + 5, private=True)
    assert read_torrent(made.metainfo) == made
    assert read_torrents(tmp_path) == {"one": made}
    assert (made.size, made.pieces, made.length_of(1), made.length_of(2)) == (524_293, 3, PIECE, 5)


def test_the_hashes_are_those_of_the_payload(tmp_path: Path) -> None:
    made = make_torrent(tmp_path, "one", PIECE + 1)
    payload = (tmp_path / "one.bin").read_bytes()
    hashes = [hashlib.sha1(part).digest() for part in (payload[:PIECE], payload[PIECE:])]  # noqa: S324 - BitTorrent's
    assert b"6:pieces40:" + b"".join(hashes) in made.metainfo.read_bytes()


def test_anything_else_is_no_torrent(tmp_path: Path) -> None:
    path = tmp_path / "x.torrent"
    path.write_bytes(b"d4:infod6:lengthi5eee")
    with pytest.raises(NotBencoded):
        read_torrent(path)
