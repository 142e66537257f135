"""Bencoding, the encoding of .torrent files and of BitTorrent's extended messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = (
    "int | bytes | str | Sequence[Value] | Mapping[bytes, Value] | Mapping[str, Value]"
)
"""What can be written; texts become UTF-8."""
Decoded: TypeAlias = "int | bytes | list[Decoded] | dict[bytes, Decoded]"
"""What is read."""

MAX_DEPTH = 64


class NotBencoded(ValueError):
    """The bytes are not a whole, well-formed value."""


def encode(value: Value) -> bytes:
    """Return `value` in bencoding, the keys of each dictionary sorted as raw bytes."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, Mapping):
        pairs = sorted(
            (key.encode() if isinstance(key, str) else key, item) for key, item in value.items()
        )
        return b"d" + b"".join(encode(key) + encode(item) for key, item in pairs) + b"e"
    return b"l" + b"".join(map(encode, value)) + b"e"


def decode(raw: bytes) -> Decoded:
    """Return the value that the whole of `raw` stands for; raises `NotBencoded`."""
    value, end = decode_from(raw, 0)
    if end != len(raw):
        raise NotBencoded(f"{len(raw) - end} bytes too many")
    return value


def decode_from(raw: bytes, start: int, depth: int = 0) -> tuple[Decoded, int]:
    """Return the value that begins at `start` and the place after its end; raises `NotBencoded`."""
    if depth > MAX_DEPTH:
        raise NotBencoded("nested too deeply")
    match raw[start : start + 1]:
        case b"i":
            return _number(raw, start + 1, b"e")
        case b"l":
            return _list(raw, start + 1, depth)
        case b"d":
            items, end = _list(raw, start + 1, depth)
            keys = [key for key in items[::2] if isinstance(key, bytes)]
            if len(keys) * 2 != len(items):
                raise NotBencoded(f"a dictionary at {start} has a key that is no text, or no value")
            return dict(zip(keys, items[1::2], strict=True)), end
        case _:
            length, begin = _number(raw, start, b":")
            if length < 0 or begin + length > len(raw):
                raise NotBencoded(f"the text at {start} is cut short")
            return raw[begin : begin + length], begin + length


def _number(raw: bytes, start: int, closing: bytes) -> tuple[int, int]:
    end = raw.find(closing, start, start + 24)
    digits = raw[start : max(end, start)]
    if not digits.removeprefix(b"-").isdigit():
        raise NotBencoded(f"no number at {start}")
    return int(digits), end + 1


def _list(raw: bytes, start: int, depth: int) -> tuple[list[Decoded], int]:
    items: list[Decoded] = []
    while raw[start : start + 1] != b"e":
        item, start = decode_from(raw, start, depth + 1)
        items.append(item)
    return items, start + 1
