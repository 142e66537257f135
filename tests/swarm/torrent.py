"""Torrents to seed: a file of random bytes and its .torrent (v1, one file, no tracker)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from tests.swarm import bencode

MIB = 1 << 20
PIECE = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTorrent:
    """One torrent as a peer needs to know it, and where it lies."""

    name: str
    info_hash: str
    """40 hexadecimal digits."""
    size: int
    piece_length: int
    metainfo: Path
    """The .torrent; the payload lies beside it as `<name>.bin`."""

    @property
    def pieces(self) -> int:
        """Number of pieces, the last one perhaps a short one."""
        return -(-self.size // self.piece_length)

    def length_of(self, piece: int) -> int:
        """Bytes of the piece number `piece`."""
        return min(self.piece_length, self.size - piece * self.piece_length)


def make_torrent(
    folder: Path, name: str, size: int, *, piece_length: int = PIECE, private: bool = False
) -> LabTorrent:
    """Write a new random payload of `size` bytes and its .torrent into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    payload = folder / f"{name}.bin"
    hashes = bytearray()
    with payload.open("wb") as file:
        for start in range(0, size, piece_length):
            piece = os.urandom(min(piece_length, size - start))
            hashes += hashlib.sha1(piece, usedforsecurity=False).digest()
            file.write(piece)
    content: dict[str, bencode.Value] = {
        "length": size,
        "name": payload.name,
        "piece length": piece_length,
        "pieces": bytes(hashes),
    }
    if private:
        content["private"] = 1
    metainfo = folder / f"{name}.torrent"
    metainfo.write_bytes(bencode.encode({"created by": "swarm lab", "info": content}))
    return read_torrent(metainfo)


def read_torrent(metainfo: Path) -> LabTorrent:
    """Return the torrent that `metainfo` describes; raises `NotBencoded` unless it has one file."""
    match bencode.decode(metainfo.read_bytes()):
        case {b"info": {b"length": int(size), b"piece length": int(piece_length)} as info}:
            digest = hashlib.sha1(bencode.encode(info), usedforsecurity=False).hexdigest()
            return LabTorrent(
                name=metainfo.stem,
                info_hash=digest,
                size=size,
                piece_length=piece_length,
                metainfo=metainfo,
            )
        case _:
            raise bencode.NotBencoded(f"{metainfo} is no torrent of one file")


def read_torrents(folder: Path) -> dict[str, LabTorrent]:
    """Return all torrents of `folder` by name, sorted by name."""
    return {path.stem: read_torrent(path) for path in sorted(folder.glob("*.torrent"))}
