"""What becomes of a peer as BitComet tells it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.bitcomet.peers import read_endpoint, read_peer
from app.adapters.downloaders.bitcomet.wire import PeerWire
from app.domain.address import InvalidAddress, Translation
from app.domain.peer import Peer
from tests.adapters.downloaders.bitcomet.fake import peer


def read(ip: str = "36.110.0.1", **changes: Any) -> Peer | None:  # noqa: ANN401 - JSON
    told = json.dumps(peer(ip) | changes)
    return read_peer(msgspec.json.decode(told, type=PeerWire, strict=False), Translation())


def seen(ip: str = "36.110.0.1", **changes: Any) -> Peer:  # noqa: ANN401 - JSON
    found = read(ip, **changes)
    assert found is not None
    return found


def test_all_that_is_told_arrives() -> None:
    found = seen(dl_rate=1, up_rate=2, dl_size=3, up_size=4, remote_port=99)
    assert str(found.address.raw) == "36.110.0.1:99"
    assert found.peer_id == "-qB4600-abcdefghijkl"
    assert found.client_name == "qBittorrent/4.6.0"
    assert found.progress == 0.25
    assert (found.download_rate, found.upload_rate) == (1, 2)
    assert (found.downloaded, found.uploaded) == (3, 4)
    assert found.flags is None
    assert not found.handshaking


def test_sizes_that_are_null_are_unknown_and_numbers_may_be_texts() -> None:
    found = seen(dl_size=None, up_size="17", permillage="500")
    assert (found.downloaded, found.uploaded) == (-1, 17)
    assert found.progress == 0.5


def test_an_idle_peer_is_not_taken_for_one_that_shakes_hands() -> None:
    assert not seen(dl_rate=0, up_rate=0).handshaking
    assert seen(peer_id=None, client_type=None).handshaking
    assert not seen(peer_id=None, client_type=None, up_size=1).handshaking


@pytest.mark.parametrize("group", [None, "peers_connecting", "ltseeds_all"])
def test_who_has_no_connection_is_left_out(group: str | None) -> None:
    assert read(group=group) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.2.3.4", "1.2.3.4:7"),
        ("1.2.3.4:99", "1.2.3.4:99"),
        ("240e::1", "[240e::1]:7"),
        ("[240e::1]", "[240e::1]:7"),
        ("[240e::1]:99", "[240e::1]:99"),
    ],
)
def test_an_address_may_bring_its_port(text: str, shown: str) -> None:
    assert str(read_endpoint(text, 7)) == shown


@pytest.mark.parametrize(
    "text",
    ["", "name:99", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:99999", ":1", "1.2.3.4:" + "9" * 5_000],
)
def test_what_is_no_address_is_none(text: str) -> None:
    with pytest.raises(InvalidAddress):
        read_endpoint(text, 7)
    assert read(text) is None


@given(st.sets(st.sampled_from(sorted(PeerWire.__struct_encode_fields__))))
def test_null_anywhere_breaks_nothing(nulls: set[str]) -> None:
    told = json.dumps(peer("36.110.0.1") | dict.fromkeys(nulls))
    found = read_peer(msgspec.json.decode(told, type=PeerWire, strict=False), Translation())
    assert (found is None) == bool(nulls & {"ip", "group"})
