"""Bans survive JSON, whatever they hold, and nothing else passes for one."""

from __future__ import annotations

import math
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.storage.codec import BanDecoder, BanEncoder
from app.adapters.storage.columns import UnreadableRow, prefix_text
from app.domain.ban import Ban
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.verdict import Verdict
from tests.adapters.storage import examples, values


def row(ban: Ban, encoder: BanEncoder | None = None) -> tuple[bytes, int, int, bytes, bytes]:
    payload = (encoder or BanEncoder()).payload(ban)
    return (
        prefix_text(ban.prefix).encode(),
        ban.since,
        ban.until,
        ban.source.value.encode(),
        payload.encode(),
    )


def there_and_back(ban: Ban) -> Ban:
    return BanDecoder().ban(*row(ban))


def with_reason(reason: Text, **facts: object) -> Ban:
    verdict = Verdict(rule="rule", reason=reason, **facts)  # type: ignore[arg-type] # odd on purpose
    return Ban(prefix=examples.ban().prefix, since=1, until=2, verdict=verdict, trace=(verdict,))


@given(st.lists(values.bans(), max_size=3))
def test_any_ban_survives_the_round_trip(bans: list[Ban]) -> None:
    encoder, decoder = BanEncoder(), BanDecoder()
    rows = [row(ban, encoder) for ban in bans]

    assert [decoder.ban(*columns) for columns in rows] == bans


@given(st.binary() | st.text().map(str.encode))
def test_whatever_stands_in_a_payload_is_a_ban_or_unreadable(payload: bytes) -> None:
    try:
        found = BanDecoder().ban(b"1.2.3.4", 1, 2, b"rule", payload)
    except UnreadableRow:
        return
    assert isinstance(found, Ban)


@given(st.data())
def test_a_payload_with_damaged_bytes_is_a_ban_or_unreadable(data: st.DataObject) -> None:
    columns = row(examples.ban())
    payload = bytearray(columns[4])
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = BanDecoder().ban(*columns[:4], bytes(payload))
    except UnreadableRow:
        return
    assert isinstance(found, Ban)


@pytest.mark.parametrize(
    "columns",
    [
        (None, 1, 2, b"rule", b"{}"),
        (b"1.2.3.4", "soon", 2, b"rule", b"{}"),
        (b"1.2.3.4", 1, 2, b"rule", None),
        (b"1.2.3.4", 1, 2, b"rule", b"{}"),
        (b"1.2.3.4", 1, 2, b"rule", b'{"decided": 3}'),
        (b"1.2.3.4", 1, 2, b"rule", b'{"trace": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (b"\xff\xfe", 1, 2, b"rule", row(examples.ban())[4]),
        (b"1.2.3.400", 1, 2, b"rule", row(examples.ban())[4]),
        (b"1.2.3.4", 1, 2, b"nobody", row(examples.ban())[4]),
    ],
)
def test_what_we_would_not_have_written_is_unreadable(
    columns: tuple[object, object, object, object, object],
) -> None:
    with pytest.raises(UnreadableRow):
        BanDecoder().ban(*columns)


def test_the_deciding_verdict_stays_the_object_of_the_trace() -> None:
    found = there_and_back(examples.ban())

    assert found.verdict is found.trace[1]


def test_equal_parts_of_many_bans_are_one_object() -> None:
    decoder = BanDecoder()
    first = decoder.ban(*row(examples.ban("1.2.3.4")))
    second = decoder.ban(*row(examples.ban("5.6.7.8")))

    assert first.trace[0] is second.trace[0]
    assert first.torrent is second.torrent
    assert first.downloader is second.downloader


def test_an_infinite_margin_stays_infinite() -> None:
    found = there_and_back(with_reason(Text("none"), margin=math.inf))

    assert found.verdict.margin == math.inf


def test_a_number_that_json_lacks_does_not_lose_the_ban() -> None:
    found = there_and_back(
        with_reason(Text("ratio", {"ratio": math.inf}), data={"ratio": math.nan})
    )

    assert math.isnan(float(str(found.verdict.reason.params["ratio"])))
    assert found.verdict.data == {"ratio": None}


def test_half_a_surrogate_becomes_a_question_mark() -> None:
    ban = with_reason(Text("client", {"name": "Xun\ud800lei"}), data={"\udfff": ["a\ud800", 1]})
    peer = examples.ban().peer
    assert isinstance(peer, Peer)
    whole = Ban(
        prefix=ban.prefix,
        since=1,
        until=2,
        verdict=ban.verdict,
        peer=Peer(address=peer.address, client_name="\ud800"),
    )

    found = there_and_back(whole)

    assert found.verdict.reason == Text("client", {"name": "Xun?lei"})
    assert found.verdict.data == {"?": ["a?", 1]}
    assert found.peer is not None
    assert found.peer.client_name == "?"


def test_facts_may_be_any_mapping_and_strange_ones_become_text() -> None:
    facts = MappingProxyType({"inner": MappingProxyType({"ip": examples.ban().prefix})})

    found = there_and_back(with_reason(Text("none"), data=facts))

    assert found.verdict.data == {"inner": {"ip": "203.0.113.9/32"}}


def test_what_equals_its_default_takes_no_room() -> None:
    verdict = Verdict(rule="manual", reason=Text("manual"))
    ban = Ban(prefix=examples.ban().prefix, since=1, until=2, verdict=verdict, trace=(verdict,))

    assert BanEncoder().payload(ban) == (
        '{"trace":[{"rule":"manual","reason":{"id":"manual","params":{}}}],"decided":0}'
    )
