"""A peer on the wire."""

from __future__ import annotations

from ipaddress import ip_address

import msgspec

from app.demo.cast import Client
from app.demo.peer import Manner, known_by_address, known_by_name

MANNER = Manner(
    client=Client("-TR4060-", "Transmission 4.0.6"),
    connection="BT",
    files="a.iso",
    moving="U X",
    resting="u X",
)


def test_a_peer_has_the_members_that_qbittorrent_names() -> None:
    face = known_by_address(ip_address("80.1.2.3"), 6881, **MANNER)

    state = msgspec.to_builtins(
        face.state(progress=0.5, uploaded=10, downloaded=0, up_speed=3, dl_speed=0)
    )

    assert face.key == "80.1.2.3:6881"
    assert state == {
        "client": "Transmission 4.0.6",
        "connection": "BT",
        "country": "France",
        "country_code": "fr",
        "dl_speed": 0,
        "downloaded": 0,
        "files": "a.iso",
        "flags": "U X",
        "flags_desc": "U = interested (peer) and unchoked (local)\nX = peer from PEX",
        "ip": "80.1.2.3",
        "peer_id_client": "-TR4060-",
        "port": 6881,
        "progress": 0.5,
        "relevance": 0.0,
        "up_speed": 3,
        "uploaded": 10,
    }


def test_an_ipv6_key_has_brackets() -> None:
    assert known_by_address(ip_address("2400::5"), 80, **MANNER).key == "[2400::5]:80"
    mapped = known_by_address(ip_address("::ffff:80.1.2.3"), 80, **MANNER)
    assert mapped.key == "[::ffff:80.1.2.3]:80"


def test_a_peer_behind_i2p_has_neither_address_nor_port() -> None:
    face = known_by_name("abc.b32.i2p", **MANNER)

    state = msgspec.to_builtins(
        face.state(progress=1.0, uploaded=0, downloaded=0, up_speed=0, dl_speed=0)
    )

    assert not {"ip", "port"} & state.keys()
    assert state["i2p_dest"] == "abc.b32.i2p"
    assert state["flags"] == "u X"
