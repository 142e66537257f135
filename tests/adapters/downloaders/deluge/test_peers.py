"""Peers are read as libtorrent means them."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.deluge.peers import from_adapter, from_core, from_own, read_flags
from app.adapters.downloaders.deluge.wire import AdapterPeer, CorePeer, OwnPeer
from app.adapters.downloaders.estimates import Estimates
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.peer import Peer

PLAIN = Translation()
PEER_ID = b"-XL0012-\x00\xff\x80abcdefghi"


def own(**changes: object) -> OwnPeer:
    given = {
        "ip": "36.110.0.1",
        "port": 6881,
        "peer_id": PEER_ID.hex(),
        "client": "Xunlei 0.0.1.2",
        "millionths": 230_500,
        "uploaded": 7,
        "downloaded": 8,
        "up_speed": 9,
        "down_speed": 10,
        "flags": 0,
        "source": 0,
    }
    return OwnPeer(**{**given, **changes})  # type: ignore[arg-type]  # its fields


def core(ip: str, **changes: int) -> Peer | None:
    return from_core(CorePeer(ip, "a client", 0.5, **changes), PLAIN, "t", Estimates(), 0.0)


def test_our_plugin_tells_all() -> None:
    peer = from_own(own(), PLAIN)
    assert peer is not None
    assert str(peer.address.raw) == "36.110.0.1:6881"
    assert peer.peer_id is not None
    assert peer.peer_id.encode("latin-1") == PEER_ID
    assert (peer.client_name, peer.progress) == ("Xunlei 0.0.1.2", 0.2305)
    assert (peer.uploaded, peer.downloaded, peer.estimated) == (7, 8, False)
    assert (peer.upload_rate, peer.download_rate) == (9, 10)


def test_progress_of_pbh_s_plugin_is_a_fraction() -> None:
    peer = from_adapter(AdapterPeer("240e:3a1::1", 1, progress=0.2305), PLAIN)
    assert peer is not None
    assert peer.progress == 0.2305
    assert str(peer.address.ip) == "240e:3a1::1"


@pytest.mark.parametrize("name", ["unknown", "", None])
def test_a_client_without_a_name_has_none(name: str | None) -> None:
    peer = from_adapter(AdapterPeer("36.110.0.1", 1, client_name=name), PLAIN)
    assert peer is not None
    assert peer.client_name is None
    assert peer.peer_id is None


@pytest.mark.parametrize("digits", ["", "00" * 20, "no hex"])
def test_who_has_not_introduced_itself_has_no_id(digits: str) -> None:
    peer = from_own(own(peer_id=digits, client=""), PLAIN)
    assert peer is not None
    assert (peer.peer_id, peer.client_name) == (None, None)


@pytest.mark.parametrize(
    ("text", "ip", "port"),
    [
        ("36.110.0.1:6881", "36.110.0.1", 6881),
        ("240e:3a1::1:6881", "240e:3a1::1", 6881),
        ("::ffff:36.110.0.1:1", "36.110.0.1", 1),
    ],
)
def test_the_port_stands_behind_the_last_colon(text: str, ip: str, port: int) -> None:
    peer = core(text)
    assert peer is not None
    assert (str(peer.address.ip), peer.address.raw.port) == (ip, port)


@pytest.mark.parametrize("text", ["", ":1", "abc.i2p:0", "36.110.0.1", "36.110.0.1:x", "1.2.3:4"])
def test_what_is_no_address_is_left_out(text: str) -> None:
    assert core(text) is None


@pytest.mark.parametrize("ip", ["", "abc.i2p", "1.2.3"])
def test_so_it_is_by_plugins(ip: str) -> None:
    assert from_own(own(ip=ip), PLAIN) is None
    assert from_adapter(AdapterPeer(ip, 1), PLAIN) is None


def test_bytes_that_nobody_counts_are_estimated() -> None:
    estimates = Estimates()
    wire = CorePeer("36.110.0.1:1", "", 0.0, up_speed=100, down_speed=10)
    from_core(wire, PLAIN, "t", estimates, 0.0)
    peer = from_core(wire, PLAIN, "t", estimates, 5.0)
    assert peer is not None
    assert (peer.uploaded, peer.downloaded, peer.estimated) == (500, 50, True)
    assert (peer.peer_id, peer.flags, peer.handshaking) == (None, None, False)


@pytest.mark.parametrize(
    ("bit", "flag"),
    [
        (0, PeerFlags.INTERESTING),
        (1, PeerFlags.CHOKED),
        (2, PeerFlags.REMOTE_INTERESTED),
        (3, PeerFlags.REMOTE_CHOKED),
        (4, PeerFlags.SUPPORTS_EXTENSIONS),
        (5, PeerFlags.OUTGOING_CONNECTION | PeerFlags.LOCAL_CONNECTION),
        (6, PeerFlags.HANDSHAKE),
        (7, PeerFlags.CONNECTING),
        (8, PeerFlags(0)),
        (9, PeerFlags.ON_PAROLE),
        (10, PeerFlags.SEED),
        (11, PeerFlags.OPTIMISTIC_UNCHOKE),
        (12, PeerFlags.SNUBBED),
        (13, PeerFlags.UPLOAD_ONLY),
        (14, PeerFlags.END_GAME_MODE),
        (15, PeerFlags.HOLE_PUNCHED),
        (16, PeerFlags.I2P_SOCKET),
        (17, PeerFlags.UTP_SOCKET),
        (18, PeerFlags.SSL_SOCKET),
        (19, PeerFlags.RC4_ENCRYPTED),
        (20, PeerFlags.PLAIN_TEXT_ENCRYPTED),
    ],
)
def test_each_bit_of_libtorrent_has_its_flag(bit: int, flag: PeerFlags) -> None:
    assert read_flags(1 << bit, 0) == flag


@pytest.mark.parametrize(
    ("bit", "flag"),
    [
        (0, PeerFlags.FROM_TRACKER),
        (1, PeerFlags.FROM_DHT),
        (2, PeerFlags.FROM_PEX),
        (3, PeerFlags.FROM_LSD),
        (4, PeerFlags.FROM_RESUME_DATA),
        (5, PeerFlags.FROM_INCOMING),
    ],
)
def test_each_source_has_its_flag(bit: int, flag: PeerFlags) -> None:
    assert read_flags(0, 1 << bit) == flag


def test_only_a_handshake_is_handshaking() -> None:
    shaking, idle = (
        from_own(own(flags=1 << 6), PLAIN),
        from_own(own(up_speed=0, down_speed=0), PLAIN),
    )
    assert shaking is not None
    assert idle is not None
    assert (shaking.handshaking, idle.handshaking) == (True, False)


@pytest.mark.parametrize("port", ["", "x", "-1", "65536", "9" * 5_000])
def test_the_daemon_s_peers_without_a_port_are_left_out(port: str) -> None:
    assert core(f"36.110.0.1:{port}") is None
