"""Unpacking while it comes."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.unpack import Damaged, TooLarge, Unpacker


def unpacked(body: bytes, *, limit: int = 10_000_000, step: int = 1000) -> bytes:
    unpacker = Unpacker(limit)
    parts = [p for at in range(0, len(body), step) for p in unpacker.feed(body[at : at + step])]
    return b"".join([*parts, *unpacker.finish()])


Wrap = Callable[[bytes], bytes]
WRAPPINGS: list[Wrap] = [
    lambda body: body,
    gzip.compress,
    lambda body: lzma.compress(body, lzma.FORMAT_XZ),
    lambda body: gzip.compress(gzip.compress(body)),
    lambda body: gzip.compress(lzma.compress(body)),
]


@given(
    body=st.binary(max_size=300) | st.integers(0, 400_000).map(lambda n: b"10.0.0.1\n" * (n // 9)),
    wrap=st.sampled_from(WRAPPINGS[1:]),
    step=st.integers(1, 200_000),
)
def test_what_was_packed_comes_out_however_it_arrives(body: bytes, wrap: Wrap, step: int) -> None:
    if body[:2] == b"\x1f\x8b" or body[:6] == b"\xfd7zXZ\x00":
        return
    packed = wrap(body)
    assert unpacked(packed, step=max(step, len(packed) // 500)) == body


def test_what_is_not_packed_stays_as_it_is() -> None:
    for body in (b"", b"1", b"\x1f", b"1.2.3.4\n" * 1000):
        assert unpacked(body) == body


def test_members_one_after_the_other_are_one_file() -> None:
    body = gzip.compress(b"a" * 5000) + gzip.compress(b"b" * 5000)
    for step in (1, 7, 100_000):
        assert unpacked(body, step=step) == b"a" * 5000 + b"b" * 5000
    assert unpacked(body + b"\0" * 512) == b"a" * 5000 + b"b" * 5000


@pytest.mark.parametrize("wrap", WRAPPINGS[1:])
def test_an_end_that_comes_too_early_is_noticed(wrap: Wrap) -> None:
    with pytest.raises(Damaged):
        unpacked(wrap(bytes(range(256)) * 20)[:-9])


@pytest.mark.parametrize("wrap", WRAPPINGS)
def test_a_bomb_ends_at_the_limit(wrap: Wrap) -> None:
    body = wrap(b"\0" * 5_000_000)
    unpacker = Unpacker(1_000_000)
    out = 0
    with suppress(TooLarge):
        for at in range(0, len(body), 1000):
            for part in unpacker.feed(body[at : at + 1000]):
                out += len(part)
        pytest.fail("it did not end")
    assert out <= 1_000_000


def test_a_bomb_that_unpacks_to_nothing_ends_too() -> None:
    empty = gzip.compress(b"") * 200_000
    with pytest.raises(TooLarge):
        unpacked(gzip.compress(empty), limit=1_000_000)


def test_damage_is_noticed() -> None:
    body = bytearray(gzip.compress(bytes(range(256)) * 20))
    body[100] ^= 0xFF
    with pytest.raises(Damaged):
        unpacked(bytes(body))
    with pytest.raises(Damaged):
        unpacked(b"\x1f\x8b and then something else")


def test_a_raw_deflate_stream_is_not_taken_for_text_that_is_packed() -> None:
    body = zlib.compress(b"1.2.3.4")
    assert unpacked(body) == body
