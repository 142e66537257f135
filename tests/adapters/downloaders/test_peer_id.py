"""Ids of peers, of which bytes may be anything."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.peer_id import read_peer_id


def test_all_bytes_are_kept() -> None:
    assert read_peer_id(b"-qB4600-\x00\xffabcdefghij".hex()) == "-qB4600-\x00\xffabcdefghij"


@pytest.mark.parametrize("digits", ["", "0", "no digits"])
def test_what_is_none_is_not_known(digits: str) -> None:
    assert read_peer_id(digits) is None
