"""Which pieces a forged peer claims to have, and which block it asks for next."""

from __future__ import annotations

import random

from tests.swarm.torrent import LabTorrent
from tests.swarm.wire import BLOCK


class Bitfield:
    """The pieces that a peer says it has."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self._bits = bytearray((pieces + 7) // 8)

    def __contains__(self, piece: int) -> bool:
        return bool(self._bits[piece >> 3] & (0x80 >> (piece & 7)))

    def __bytes__(self) -> bytes:
        return bytes(self._bits)

    @property
    def count(self) -> int:
        """Number of pieces in it."""
        return sum(byte.bit_count() for byte in self._bits)

    @property
    def share(self) -> float:
        """What it is of the whole, 0 to 1."""
        return self.count / self.pieces

    def add(self, piece: int) -> None:
        """Claim one more piece."""
        self._bits[piece >> 3] |= 0x80 >> (piece & 7)

    def claim(self, share: float) -> None:
        """Claim just the first `share` of all pieces."""
        self._bits = bytearray(len(self._bits))
        for piece in range(int(self.pieces * share)):
            self.add(piece)


class Wishes:
    """The blocks of a torrent in the order in which a peer asks for them, without end."""

    def __init__(self, torrent: LabTorrent, seed: str) -> None:
        self._torrent = torrent
        self._piece = random.Random(seed).randrange(
            torrent.pieces
        )  # peers shall not all ask for the same
        self._offset = torrent.length_of(self._piece)
        self._missing: dict[int, int] = {}

    def next_block(self, owned: Bitfield | None) -> tuple[int, int, int]:
        """Return piece, offset and length of the next block, leaving out pieces that are `owned`.

        Who owns all, or never owns anything, goes round and round.
        """
        if self._offset >= self._torrent.length_of(self._piece):
            self._piece, self._offset = self._next_piece(owned), 0
        length = min(BLOCK, self._torrent.length_of(self._piece) - self._offset)
        block = (self._piece, self._offset, length)
        self._offset += length
        return block

    def received(self, piece: int, length: int) -> bool:
        """Note `length` bytes of `piece`; True when the piece is whole now."""
        left = self._missing.pop(piece, self._torrent.length_of(piece)) - length
        if left > 0:
            self._missing[piece] = left
        return left <= 0

    def _next_piece(self, owned: Bitfield | None) -> int:
        count = self._torrent.pieces
        following = ((self._piece + step) % count for step in range(1, count + 1))
        return next(
            (piece for piece in following if owned is None or piece not in owned),
            (self._piece + 1) % count,
        )
