"""Bencoding there and back, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.swarm import bencode

VALUES = st.recursive(
    st.integers(-(2**63), 2**63) | st.binary(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.binary(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_was_encoded_is_decoded_to_the_same(value: bencode.Decoded) -> None:
    assert bencode.decode(bencode.encode(value)) == value


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_unforeseen(raw: bytes) -> None:
    with contextlib.suppress(bencode.NotBencoded):
        bencode.decode(raw)


def test_keys_are_sorted_as_raw_bytes() -> None:
    assert bencode.encode({"v": "µ", "m": {}, "B": 1}) == b"d1:Bi1e1:mde1:v2:\xc2\xb5e"


@pytest.mark.parametrize(
    "raw",
    [b"", b"i1", b"ie", b"5:abc", b"-1:a", b"d1:a", b"d1:ae", b"di1e1:ae", b"i1ei2e", b"l" * 99],
)
def test_what_is_cut_short_or_malformed_is_refused(raw: bytes) -> None:
    with pytest.raises(bencode.NotBencoded):
        bencode.decode(raw)
