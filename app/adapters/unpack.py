"""Unpacks gzip and xz while it comes, and stops a small file that wants to become a huge one."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from typing import Final, Protocol

_PIECE: Final = 64 * 1024
_MOST_MEMORY: Final = 128 * 1024 * 1024
"""Bytes; what `xz -9` asks for is half of it."""
_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_KNOWN_BY: Final = len(_XZ)
"""Bytes after which every kind is recognised."""


class TooLarge(ValueError):
    """More than the limit, packed or unpacked."""


class Damaged(ValueError):
    """It is packed, but cannot be unpacked, or ends too early."""


class Unpacker:
    """Takes a body piece by piece and gives what is in it.

    What is packed shows by its first bytes, not by what a server says of it: many send a .gz with a header that would
    unpack it, and many without. So there may be `depth` wrappings.
    """

    def __init__(self, limit: int, depth: int = 2) -> None:
        """`limit` is in bytes, for the body, for what comes out, and for each step between."""
        self._limit, self._depth = limit, depth
        self._size = 0
        self._head = b""
        self._inside: _Inside | None = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What `piece` adds, in small pieces; raises TooLarge and Damaged."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge
        if self._inside is None:
            self._head += piece
            if len(self._head) < _KNOWN_BY:
                return
            piece = self._begin()
        yield from self._inside_or_plain(piece)

    def finish(self) -> Iterator[bytes]:
        """What is left when all has been fed; raises as `feed` does."""
        if self._inside is None:
            yield from self._inside_or_plain(self._begin())
        if self._inside is not None:
            yield from self._inside.finish()

    def _begin(self) -> bytes:
        head, self._head = self._head, b""
        if self._depth and head.startswith(_GZIP):
            self._inside = _Packed(_Gzip(), Unpacker(self._limit, self._depth - 1))
        elif self._depth and head.startswith(_XZ):
            self._inside = _Packed(_Xz(), Unpacker(self._limit, self._depth - 1))
        else:
            self._inside = _Plain()
        return head

    def _inside_or_plain(self, piece: bytes) -> Iterator[bytes]:
        if self._inside is not None and piece:
            yield from self._inside.feed(piece)


class _Inside(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]: ...
    def finish(self) -> Iterator[bytes]: ...


class _Plain:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def finish(self) -> Iterator[bytes]:
        yield from ()


class _Packing(Protocol):
    @property
    def complete(self) -> bool: ...

    def unpack(self, piece: bytes) -> Iterator[bytes]: ...


class _Packed:
    def __init__(self, packing: _Packing, rest: Unpacker) -> None:
        self._packing, self._rest = packing, rest

    def feed(self, piece: bytes) -> Iterator[bytes]:
        try:
            for out in self._packing.unpack(piece):
                yield from self._rest.feed(out)
        except (zlib.error, lzma.LZMAError) as error:
            raise Damaged(str(error)) from error

    def finish(self) -> Iterator[bytes]:
        if not self._packing.complete:
            raise Damaged
        yield from self._rest.finish()


class _Gzip:
    """One member or several; what follows the last and is none is ignored, as gzip does."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._between = b""
        self._over = False

    @property
    def complete(self) -> bool:
        return self._member.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        full = False
        while (piece or full) and not self._over:
            if self._member.eof:
                piece = self._between + piece
                self._between = b""
                if len(piece) < len(_GZIP):
                    self._between = piece
                    return
                if not piece.startswith(_GZIP):
                    self._over = True
                    return
                self._member = zlib.decompressobj(wbits=31)
            out = self._member.decompress(piece, _PIECE)
            yield out
            # A full piece may not be all that the bytes taken in so far amount to.
            full = len(out) == _PIECE and not self._member.eof
            piece = self._member.unused_data if self._member.eof else self._member.unconsumed_tail


class _Xz:
    """One stream, as xz writes it; what follows is ignored."""

    def __init__(self) -> None:
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        while not self._stream.eof:
            yield self._stream.decompress(piece, _PIECE)
            piece = b""
            if self._stream.needs_input:
                return
