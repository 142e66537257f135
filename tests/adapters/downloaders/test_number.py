"""Numbers over the wire: what can be reckoned with is read, everything else is a wrong answer."""

from __future__ import annotations

import pytest
from msgspec import Struct

from app.adapters.downloaders.number import Fraction, Whole
from app.adapters.downloaders.reading import decode_now
from app.services.errors import ProtocolMismatch


class _Counted(Struct):
    bytes: Whole = 0
    progress: Fraction | None = None


@pytest.mark.parametrize(
    "body",
    [
        b'{"bytes": 9007199254740993}',
        b'{"bytes": "1' + b"0" * 400 + b'"}',
        b'{"bytes": -1' + b"0" * 30 + b"}",
        b'{"progress": "nan"}',
        b'{"progress": "inf"}',
        b'{"progress": 1e300}',
        b'{"progress": 1e999}',
    ],
)
def test_what_no_sum_could_hold_is_a_wrong_answer(body: bytes) -> None:
    with pytest.raises(ProtocolMismatch):
        decode_now(body, _Counted)


def test_texts_and_the_largest_numbers_are_read() -> None:
    found = decode_now(b'{"bytes": "9007199254740992", "progress": "0.5"}', _Counted)

    assert found == _Counted(2**53, 0.5)
    assert decode_now(b'{"bytes": -9007199254740992}', _Counted).bytes == -(2**53)
