"""XML-RPC is read whatever a torrent is called, and never more than is meant."""

from __future__ import annotations

import xmlrpc.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.rtorrent.xml import (
    Call,
    Fault,
    decode,
    decode_now,
    encode,
    encode_batch,
    read_batch,
)
from app.services.errors import ProtocolMismatch

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<methodResponse><params><param><value>&b;</value></param></params></methodResponse>"""


def answer(text: str) -> bytes:
    value = f"<value><string>{text}</string></value>"
    start = '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse><params><param>'
    return f"{start}{value}</param></params></methodResponse>".encode("utf-8", "surrogateescape")


def test_calls_are_written_as_it_reads_them() -> None:
    assert xmlrpc.client.loads(encode(Call("p.multicall", ("AB", "", "p.id=")))) == (
        ("AB", "", "p.id="),
        "p.multicall",
    )
    ((calls,), method) = xmlrpc.client.loads(encode_batch([Call("system.pid"), Call("a", (1,))]))
    assert method == "system.multicall"
    assert calls == [
        {"methodName": "system.pid", "params": []},
        {"methodName": "a", "params": [1]},
    ]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("A &amp; B", "A & B"),
        ("a\x01b", "a\ufffdb"),
        ("a&#1;b&#x1F;", "a\ufffdb\ufffd"),
        ("a&#65;&#x1F600;&#xFFFF;&#1114112;", "aA\U0001f600\ufffd\ufffd"),
        ("a\udcff\udcfeb", "a\ufffd\ufffdb"),
    ],
    ids=["entity", "control", "reference", "fit", "no-utf8"],
)
def test_names_that_xml_cannot_hold_spoil_nothing(sent: str, read: str) -> None:
    assert decode_now(answer(sent)) == read


@given(st.binary(max_size=40))
def test_no_name_at_all_spoils_the_answer(raw: bytes) -> None:
    name = raw.replace(b"&", b"").replace(b"<", b"").decode("utf-8", "surrogateescape")
    assert isinstance(decode_now(answer(name)), str)


@given(st.binary(max_size=200))
def test_nonsense_is_a_wrong_answer_and_nothing_else(body: bytes) -> None:
    with pytest.raises(ProtocolMismatch):
        decode_now(body)


def test_entities_of_its_own_are_refused() -> None:
    with pytest.raises(ProtocolMismatch):
        decode_now(BOMB)


def test_a_refusal_is_a_fault() -> None:
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(-506, "no such method")).encode()
    assert decode_now(body) == Fault(-506, "no such method")


async def test_a_large_answer_is_read_like_a_small_one() -> None:
    rows = [[f"row {number}"] for number in range(2_000)]
    body = xmlrpc.client.dumps((rows,), methodresponse=True).encode()
    assert await decode(body) == rows
    assert await decode(answer("x")) == "x"


def test_answers_of_a_batch_stand_each_for_itself() -> None:
    fault = {"faultCode": -501, "faultString": "gone"}
    assert read_batch([[1], fault, [["a"]]], 3) == [1, Fault(-501, "gone"), ["a"]]
    for odd in (None, [[1]], [[1], [], [3]], [[1], 2, [3]]):
        with pytest.raises(ProtocolMismatch):
            read_batch(odd, 3)


@pytest.mark.parametrize(
    "members",
    [
        "<member><name>faultString</name><value><int>1</int></value></member>",
        "<member><name>faultString</name><value><string>no</string></value></member>",
        "",
    ],
)
def test_a_refusal_without_its_words_is_a_wrong_answer(members: str) -> None:
    code = "<member><name>faultCode</name><value><string>x</string></value></member>"
    text = f"<methodResponse><fault><value><struct>{code}{members}</struct></value></fault></methodResponse>"
    with pytest.raises(ProtocolMismatch):
        decode_now(text.encode())
