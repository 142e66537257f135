"""Reading what a downloader answers, or something else in its place."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from app.adapters.downloaders.exchange import Answer
from app.adapters.downloaders.reading import decode, decode_now, expect, shown
from app.domain.reason import Text
from app.services.errors import ProtocolMismatch


class Wire(Struct):
    ip: str = ""
    port: int = 0
    uploaded: int = 0


class Peers(Struct):
    peers: dict[str, Wire] = {}


def told(refused: pytest.ExceptionInfo[ProtocolMismatch]) -> Text:
    detail = refused.value.text.params["detail"]
    assert isinstance(detail, Text)
    return detail


def nature(body: bytes) -> str:
    """The id of the text that explains why `body` is refused."""
    with pytest.raises(ProtocolMismatch) as refused:
        decode_now(body, Peers)
    return told(refused).id


def answer(status: int) -> Answer:
    return Answer(status, httpx.Headers(), b"")


def test_what_cannot_be_read_is_named() -> None:
    assert nature(b"") == "answer-empty"
    assert nature(b"  \r\n ") == "answer-empty"
    assert nature(b"\n<!DOCTYPE html><html></html>") == "answer-html"
    assert nature(b'{"peers": {"a": {"ip": "1') == "answer-not-json"
    assert nature(b"\x00\xff{[" * 1000) == "answer-not-json"
    assert nature(b'{"x": ' + b"[" * 100_000) == "answer-not-json"
    assert nature(b"[]") == "answer-unexpected"
    assert nature(b'{"peers": "secret"}') == "answer-unexpected"
    assert nature(b'{"peers": {"k": {"port": []}}}') == "answer-unexpected"


def test_a_refusal_does_not_repeat_the_answer() -> None:
    with pytest.raises(ProtocolMismatch) as refused:
        decode_now(b'{"peers": "secret"}', Peers)
    assert "secret" not in str(refused.value)


def test_unknown_members_are_skipped_and_numbers_may_be_texts() -> None:
    found = decode_now(
        b'{"peers":{"1.2.3.4:5":{"ip":"1.2.3.4","port":"5","uploaded":1e3,"x":{}}}, "y":[1]}', Peers
    )
    assert found.peers == {"1.2.3.4:5": Wire(ip="1.2.3.4", port=5, uploaded=1000)}


async def test_a_large_answer_is_decoded_as_well() -> None:
    peers = ",".join(f'"{n}":{{"ip":"1.2.3.4","client":"{"x" * 100}"}}' for n in range(5000))
    found = await decode(f'{{"peers":{{{peers}}}}}'.encode(), Peers)
    assert len(found.peers) == 5000


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    with suppress(ProtocolMismatch):
        decode_now(body, Peers)


def test_only_a_success_is_what_was_expected() -> None:
    assert expect(answer(204), "there") == answer(204)
    with pytest.raises(ProtocolMismatch) as refused:
        expect(answer(500), "there")
    assert told(refused) == Text("answer-status", {"status": 500, "path": "there"})


def test_what_a_client_wrote_is_shown_in_one_line_without_addresses() -> None:
    said = "could not fetch http://name:9898/blocklist/for/0123456789abcdef: \x07 no\nTraceback"
    assert shown(said) == "could not fetch …  no"
    assert shown("x" * 500, 80) == "x" * 80
