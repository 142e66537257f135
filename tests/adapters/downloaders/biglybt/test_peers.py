"""What becomes of a peer as the plugin tells it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.biglybt.peers import read_peer
from app.adapters.downloaders.biglybt.wire import PeerWire
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from tests.adapters.downloaders.biglybt.fake import peer

_F = PeerFlags


def wire(ip: str = "36.110.0.1", **changes: Any) -> PeerWire:  # noqa: ANN401 - JSON
    return msgspec.json.decode(json.dumps(peer(ip, **changes)), type=PeerWire, strict=False)


def read(ip: str = "36.110.0.1", **changes: Any) -> Peer | None:  # noqa: ANN401 - JSON
    return read_peer(wire(ip, **changes), Translation())


def seen(**changes: Any) -> Peer:  # noqa: ANN401 - JSON
    found = read(**changes)
    assert found is not None
    return found


def test_all_that_is_told_arrives() -> None:
    stats = {"rtDownloadSpeed": 1, "rtUploadSpeed": 2, "totalSent": 3, "totalReceived": 4}
    found = seen(stats=stats, port=1234)
    assert str(found.address.raw) == "36.110.0.1:1234"
    assert found.peer_id == "-qB4600-abcdefghijkl"
    assert found.client_name == "qBittorrent/4.6.0"
    assert found.progress == 0.25
    assert (found.download_rate, found.upload_rate) == (1, 2)
    assert (found.uploaded, found.downloaded) == (3, 4)
    assert not found.estimated


def test_what_is_null_is_unknown() -> None:
    found = seen(
        peerId=None, client=None, stats=None, port=None, peerSource=None, protocol=None, seed=None
    )
    assert found.peer_id is None
    assert found.client_name is None
    assert (found.uploaded, found.downloaded) == (-1, -1)
    assert found.address.raw.port == 0


@pytest.mark.parametrize("peer_id", ["", "zz", "abc"])
def test_an_id_that_is_no_hex_is_none(peer_id: str) -> None:
    assert seen(peerId=peer_id).peer_id is None


def test_every_byte_of_an_id_is_kept() -> None:
    assert seen(peerId=bytes(range(200, 220)).hex()).peer_id == bytes(range(200, 220)).decode(
        "latin-1"
    )


@pytest.mark.parametrize("ip", [None, "", "  ", "abc.i2p", "1.2.3", "somewhere.tor", "/"])
def test_whom_nobody_can_place_is_left_out(ip: str | None) -> None:
    found = wire()
    found.ip = ip
    assert read_peer(found, Translation()) is None


def test_a_slash_before_the_address_is_none_of_it() -> None:
    found = wire()
    found.ip = "/240e:3a1:0:0:0:0:0:1"
    shown = read_peer(found, Translation())
    assert shown is not None
    assert str(shown.address.ip) == "240e:3a1::1"


@pytest.mark.parametrize(
    ("state", "handshaking", "flag"),
    [
        (10, True, _F.CONNECTING),
        (20, True, _F.HANDSHAKE),
        (30, False, _F(0)),
        (40, False, _F(0)),
    ],
)
def test_its_state_says_whether_it_has_introduced_itself(
    state: int,
    handshaking: bool,  # noqa: FBT001 - parametrized
    flag: PeerFlags,
) -> None:
    found = seen(state=state)
    assert found.handshaking == handshaking
    assert found.flags is not None
    assert found.flags & (_F.CONNECTING | _F.HANDSHAKE) == flag


def test_who_is_gone_is_not_shown() -> None:
    assert read(state=50) is None


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"interesting": True}, _F.INTERESTING),
        ({"choking": True}, _F.CHOKED),
        ({"interested": True}, _F.REMOTE_INTERESTED),
        ({"choked": True}, _F.REMOTE_CHOKED),
        ({"incoming": True}, _F.FROM_INCOMING),
        ({"seed": True}, _F.SEED),
        ({"optimisticUnchoke": True}, _F.OPTIMISTIC_UNCHOKE),
        ({"snubbed": True}, _F.SNUBBED),
        ({"peerSource": "HolePunch"}, _F.HOLE_PUNCHED),
        ({"peerSource": "Tracker"}, _F.FROM_TRACKER),
        ({"peerSource": "DHT"}, _F.FROM_DHT),
        ({"peerSource": "PeerExchange"}, _F.FROM_PEX),
        ({"protocol": "uTP"}, _F.UTP_SOCKET),
        ({"useCrypto": True}, _F.RC4_ENCRYPTED),
    ],
    ids=str,
)
def test_each_word_sets_its_flag(changes: dict[str, Any], flag: PeerFlags) -> None:
    nothing = dict.fromkeys(
        ("interesting", "choking", "interested", "choked", "seed", "snubbed"), False
    ) | {"incoming": True, "peerSource": "Plugin", "optimisticUnchoke": False}
    plain = seen(**nothing).flags
    flags = seen(**(nothing | changes)).flags
    assert plain == _F.FROM_INCOMING
    assert flags == _F.FROM_INCOMING | flag


def test_who_did_not_come_in_was_called_by_us() -> None:
    flags = seen(incoming=False, peerSource="DHT").flags
    assert flags is not None
    assert _F.OUTGOING_CONNECTION | _F.LOCAL_CONNECTION | _F.FROM_DHT in flags
    assert _F.FROM_INCOMING not in flags


_NEVER_NULL = {"state", "percentDoneInThousandNotation"}


@given(st.sets(st.sampled_from(sorted(set(PeerWire.__struct_encode_fields__) - _NEVER_NULL))))
def test_null_anywhere_but_in_numbers_breaks_nothing(nulls: set[str]) -> None:
    told = json.dumps(peer("36.110.0.1") | dict.fromkeys(nulls))
    found = read_peer(msgspec.json.decode(told, type=PeerWire, strict=False), Translation())
    assert (found is None) == ("ip" in nulls)
