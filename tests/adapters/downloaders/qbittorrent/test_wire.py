"""Decoding of what qBittorrent answers, or something else in its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.qbittorrent.wire import (
    MainData,
    PeerWire,
    TorrentChange,
    TorrentPeersAnswer,
    TorrentState,
    decode,
    decode_now,
)
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch


def nature(body: bytes, kind: type = MainData) -> str:
    """The id of the text that explains why `body` is refused."""
    with pytest.raises(ProtocolMismatch) as refused:
        decode_now(body, kind)
    detail = refused.value.text.params["detail"]
    assert isinstance(detail, Text)
    return detail.id


def test_what_is_no_answer_of_qbittorrent_is_named() -> None:
    assert nature(b"") == "answer-empty"
    assert nature(b"  \r\n ") == "answer-empty"
    assert nature(b"\n<!DOCTYPE html><html></html>") == "answer-html"
    assert nature(b'{"rid": 1, "torr') == "answer-not-json"
    assert nature(b"\x00\xff{[" * 1000) == "answer-not-json"
    assert nature(b'{"x": ' + b"[" * 100_000) == "answer-not-json"
    assert nature(b"[]") == "answer-unexpected"
    assert nature(b'{"rid": "secret"}') == "answer-unexpected"
    assert nature(b'{"peers": {"k": {"port": []}}}', TorrentPeersAnswer) == "answer-unexpected"


def test_a_refusal_does_not_repeat_the_answer() -> None:
    with pytest.raises(ProtocolMismatch) as refused:
        decode_now(b'{"rid": "secret"}', MainData)
    assert "secret" not in str(refused.value)


def test_unknown_members_are_skipped_and_numbers_may_be_texts() -> None:
    answer = decode_now(
        b'{"peers":{"1.2.3.4:5":{"ip":"1.2.3.4","port":"5","uploaded":1e3,"x":{}}}, "y":[1]}',
        TorrentPeersAnswer,
    )
    assert answer.peers == {"1.2.3.4:5": PeerWire(ip="1.2.3.4", port=5, uploaded=1000)}


async def test_a_large_answer_is_decoded_as_well() -> None:
    peers = ",".join(f'"{n}":{{"ip":"1.2.3.4","client":"{"x" * 100}"}}' for n in range(5000))
    answer = await decode(f'{{"peers":{{{peers}}}}}'.encode(), TorrentPeersAnswer)
    assert len(answer.peers) == 5000


def test_a_change_can_name_every_member_of_a_torrent() -> None:
    assert TorrentChange.__struct_fields__ == TorrentState.__struct_fields__


def test_only_what_a_change_names_is_merged() -> None:
    state = TorrentState(name="a", upspeed=5, private=True)
    state.merge(TorrentChange(upspeed=7, tags="x, y"))
    assert state == TorrentState(name="a", upspeed=7, private=True, tags="x, y")


def test_counters_stir_and_names_do_not() -> None:
    state = TorrentState(uploaded=5, num_leechs=1)
    assert state.stirs(TorrentChange(uploaded=6))
    assert state.stirs(TorrentChange(num_leechs=0))
    assert not state.stirs(TorrentChange(uploaded=5, name="new"))


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    with suppress(ProtocolMismatch):
        decode_now(body, TorrentPeersAnswer)
