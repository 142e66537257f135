"""Peers of qBittorrent's answers become ours, and stay the same objects while they stay equal."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.peer_table import PeerTable
from app.adapters.downloaders.qbittorrent.peers import read_peer
from app.adapters.downloaders.qbittorrent.wire import PeerWire, TorrentPeersAnswer
from app.adapters.downloaders.reading import decode_now
from app.domain.address import Translation, parse_ip
from app.domain.flags import PeerFlags
from app.domain.peer import Peer
from tests.adapters.downloaders.qbittorrent.scripted import peer

PLAIN = Translation()


def wires(*peers: dict[str, Any]) -> dict[str, PeerWire]:
    """As they come out of an answer."""
    shown = {f"{each.get('ip', 'x')}:{each.get('port', 0)}": each for each in peers}
    return decode_now(msgspec.json.encode({"peers": shown}), TorrentPeersAnswer).peers


async def shown(*peers: dict[str, Any], translation: Translation = PLAIN) -> tuple[Peer, ...]:
    """What becomes of `peers`."""
    table = PeerTable(partial(read_peer, translation=translation))
    await table.update(wires(*peers), Effort())
    return table.peers


async def test_every_member_is_taken_over() -> None:
    (found,) = await shown(
        peer("203.0.113.5", 51413, uploaded=7, downloaded=8, up_speed=9, dl_speed=10, progress=0.25)
    )
    assert str(found.address.raw) == "203.0.113.5:51413"
    assert found.address.raw == found.address.effective
    assert (found.client_name, found.peer_id) == ("qBittorrent/4.6.0", "-qB4600-")
    assert (found.uploaded, found.downloaded) == (7, 8)
    assert (found.upload_rate, found.download_rate) == (9, 10)
    assert (found.progress, found.country) == (0.25, "cn")
    assert found.flags is not None
    assert PeerFlags.RC4_ENCRYPTED in found.flags
    assert PeerFlags.FROM_DHT in found.flags


async def test_web_seeds_anonymous_networks_and_broken_addresses_are_left_out() -> None:
    kept = peer("203.0.113.1")
    found = await shown(
        kept,
        peer("203.0.113.2", connection="Web"),
        peer("203.0.113.3", connection="HTTPS"),
        peer("203.0.113.4", connection="http"),
        peer(""),
        peer("  "),
        {"i2p_dest": "abc.i2p", "client": "I2P"},
        peer("abcdef.onion"),
        peer("203.0.113.999"),
        peer("0x7f.1"),
        peer("203.0.113.6", 70000),
        peer("203.0.113.7", -1),
    )
    assert [str(each.address.ip) for each in found] == ["203.0.113.1"]


async def test_tunnelled_addresses_are_translated_as_the_user_wants() -> None:
    mapped, nat64, teredo = (
        peer("::ffff:198.51.100.7"),
        peer("64:ff9b::c633:6408"),
        peer("2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    )
    found = await shown(mapped, nat64, teredo)
    assert [str(each.address.effective) for each in found] == [
        "198.51.100.7:6881",
        "198.51.100.8:6881",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]:6881",
    ]
    assert found[1].address.nat_translated
    assert found[1].address.raw.ip == parse_ip("64:ff9b::c633:6408")
    found = await shown(nat64, teredo, translation=Translation(nat64=False, teredo=True))
    assert found[0].address.effective == found[0].address.raw
    assert str(found[1].address.effective) == "192.0.2.45:40000"


async def test_only_a_peer_that_has_not_introduced_itself_is_handshaking() -> None:
    nameless: dict[str, Any] = {"client": "", "peer_id_client": "", "flags": "P"}
    found = await shown(
        peer("203.0.113.1", **nameless),
        peer("203.0.113.2", **nameless | {"client": "-"}),
        peer("203.0.113.3", **nameless, uploaded=5),
        peer("203.0.113.4", client=""),
        peer("203.0.113.5"),  # idle, but known by name: PBH would overlook it
    )
    assert [each.handshaking for each in found] == [True, True, False, False, False]
    assert (found[0].client_name, found[0].peer_id) == (None, None)


async def test_members_without_a_value_are_unknown() -> None:
    none = dict.fromkeys(
        ("client", "peer_id_client", "country_code", "country", "flags", "progress")
    )
    (found,) = await shown(peer("203.0.113.1", 1, **none), peer("203.0.113.2") | {"ip": None})
    assert (found.client_name, found.peer_id, found.country) == (None, None, "")
    assert (found.progress, found.handshaking) == (0.0, True)


async def test_equal_answers_keep_the_very_same_tuple() -> None:
    table = PeerTable(partial(read_peer, translation=PLAIN))
    await table.update(wires(peer("203.0.113.1"), peer("203.0.113.2")), Effort())
    before = table.peers
    await table.update(wires(peer("203.0.113.2"), peer("203.0.113.1")), Effort())
    assert table.peers is before
    await table.update(wires(peer("203.0.113.1", connection="μTP"), peer("203.0.113.2")), Effort())
    assert table.peers is before  # what changed is nothing that we show


async def test_a_changed_peer_is_new_and_the_others_stay() -> None:
    table = PeerTable(partial(read_peer, translation=PLAIN))
    await table.update(wires(peer("203.0.113.1"), peer("203.0.113.2")), Effort())
    first, second = table.peers
    await table.update(
        wires(peer("203.0.113.1"), peer("203.0.113.2", uploaded=1), peer("203.0.113.3")),
        Effort(),
    )
    assert table.peers[0] is first
    assert table.peers[1] is not second
    assert table.peers[1].address is second.address
    await table.update(wires(peer("203.0.113.3")), Effort())
    assert [str(each.address.ip) for each in table.peers] == ["203.0.113.3"]


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "ip": st.text(max_size=8) | st.ip_addresses().map(str),
                "port": st.integers(-(2**40), 2**40),
                "client": st.text(),
                "flags": st.text(max_size=5),
                "connection": st.text(max_size=5),
            }
        )
    )
)
async def test_whatever_stands_in_the_members_the_others_are_shown(
    peers: list[dict[str, Any]],
) -> None:
    found = await shown(*peers, peer("203.0.113.1", 1))
    assert any(str(each.address.raw) == "203.0.113.1:1" for each in found)


async def test_texts_that_peers_have_in_common_are_kept_once() -> None:
    one, other = await shown(peer("203.0.113.5", 1), peer("203.0.113.6", 1))
    assert one.client_name is other.client_name
    assert one.peer_id is other.peer_id
