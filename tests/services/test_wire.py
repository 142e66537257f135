"""PBH's JSON of peers, torrents and decisions, in both directions."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import Endpoint, PeerAddress, Translation, parse_ip, translate
from app.domain.decision import merge
from app.domain.errors import Refused
from app.domain.flags import parse_flags
from app.domain.peer import Peer
from app.domain.reason import Text
from app.domain.torrent import Torrent
from app.domain.verdict import Action, Mode, Verdict
from app.locale.texts import say
from app.services.wire import (
    WirePeer,
    WireTorrent,
    decision_to_wire,
    peer_from_wire,
    peer_to_wire,
    read_check_line,
    torrent_from_wire,
    torrent_to_wire,
)

# The example of reference/webapi.md 3.7.
PUBLISHED = """{"address": {"downloaderRawIp": "198.51.100.7", "downloaderRawPort": 6881,
 "teredoClientIp": null, "teredoClientUdpPort": 0, "nattedClientIp": null, "nattedClientPort": 0,
 "ip": "198.51.100.7", "port": 6881, "natTranslated": false, "teredoTranslated": false},
 "rawIp": "198.51.100.7", "id": "-qB5020-abcdefghijkl", "clientName": "qBittorrent/5.0.2",
 "downloaded": 0, "downloadSpeed": 0, "uploaded": 1048576, "uploadSpeed": 20480, "progress": 0.35,
 "flags": "U K I X E P"}"""

addresses = st.ip_addresses().map(
    lambda ip: translate(Endpoint(ip, 6881), Translation(teredo=True))
)
counters = st.integers(-1, 2**60)
rates = st.integers(0, 2**40)
peers = st.builds(
    Peer,
    address=addresses,
    peer_id=st.none() | st.text(alphabet=st.characters(max_codepoint=255)),
    client_name=st.none() | st.text(alphabet=st.characters(codec="utf-8")),
    progress=st.floats(0, 1),
    uploaded=counters,
    downloaded=counters,
    upload_rate=rates,
    download_rate=rates,
    flags=st.none() | st.text("dDuUK?OSIHXLEeP").map(parse_flags),
)
torrents = st.builds(
    Torrent,
    id=st.text("0123456789abcdef", min_size=1),
    hash=st.text("0123456789abcdef", min_size=1),
    name=st.text(alphabet=st.characters(codec="utf-8")),
    size=st.integers(0, 2**60),
    completed_size=counters,
    progress=st.floats(0, 1),
    upload_rate=rates,
    download_rate=rates,
    private=st.booleans(),
)


def line(**peer: object) -> str:
    return json.dumps({"peer": peer, "torrent": {"hash": "aa"}})


def seen_peer(text: str) -> Peer:
    return read_check_line(text).peer


def test_a_peer_is_written_as_published() -> None:
    peer = peer_from_wire(msgspec.json.decode(PUBLISHED, type=WirePeer))
    assert json.loads(msgspec.json.encode(peer_to_wire(peer))) == json.loads(PUBLISHED)


@given(peers)
def test_a_peer_comes_back_as_it_went(peer: Peer) -> None:
    wire = msgspec.json.decode(msgspec.json.encode(peer_to_wire(peer)), type=WirePeer)
    assert peer_to_wire(peer_from_wire(wire)) == wire
    back = peer_from_wire(wire)
    assert (back.address, back.peer_id, back.client_name) == (
        peer.address,
        peer.peer_id,
        peer.client_name,
    )


@given(torrents)
def test_a_torrent_comes_back_as_it_went(torrent: Torrent) -> None:
    text = msgspec.json.encode(torrent_to_wire(torrent))
    assert torrent_from_wire(msgspec.json.decode(text, type=WireTorrent)) == torrent


def test_of_the_address_ip_and_port_suffice_and_the_rest_is_unknown() -> None:
    seen = read_check_line('{"peer": {"address": {"ip": "203.0.113.7", "port": 51413}}}')
    peer, torrent = seen.peer, seen.torrent
    assert peer == Peer(
        address=PeerAddress(
            raw=Endpoint(parse_ip("203.0.113.7"), 51413),
            effective=Endpoint(parse_ip("203.0.113.7"), 51413),
        )
    )
    assert torrent == Torrent(id="", hash="", name="")


def test_null_is_unknown_too() -> None:
    members = WirePeer.__struct_fields__
    empty = dict.fromkeys(
        msgspec.structs.fields(WirePeer)[i].encode_name for i in range(len(members))
    )
    peer = seen_peer(line(**empty | {"address": {"ip": "203.0.113.7"}}))
    assert (peer.uploaded, peer.downloaded, peer.flags, peer.handshaking) == (-1, -1, None, False)


def test_members_that_nobody_knows_are_ignored() -> None:
    peer = seen_peer(line(address={"ip": "203.0.113.7"}, geo={"x": 1}))
    assert str(peer.address.ip) == "203.0.113.7"


def test_one_of_id_and_hash_stands_for_the_other() -> None:
    torrent = read_check_line(line(address={"ip": "203.0.113.7"})).torrent
    assert torrent.id == torrent.hash == "aa"


@pytest.mark.parametrize(
    ("given", "ip", "raw"),
    [
        ({"address": {"ip": "::ffff:1.2.3.4"}}, "1.2.3.4", "::ffff:1.2.3.4"),
        ({"address": {"downloaderRawIp": "64:ff9b::102:304"}}, "1.2.3.4", "64:ff9b::102:304"),
        ({"address": {}, "rawIp": "1.2.3.4"}, "1.2.3.4", "1.2.3.4"),
        ({"address": {"ip": "1.2.3.4", "downloaderRawIp": "5.6.7.8"}}, "1.2.3.4", "5.6.7.8"),
    ],
)
def test_one_address_follows_from_the_other(given: dict[str, object], ip: str, raw: str) -> None:
    peer = seen_peer(line(**given))
    assert (peer.address.ip, peer.address.raw.ip) == (parse_ip(ip), parse_ip(raw))


@pytest.mark.parametrize(
    ("speeds", "handshaking"),
    [
        ({}, False),
        ({"uploadSpeed": 0, "downloadSpeed": 0}, True),
        ({"uploadSpeed": 0}, True),
        ({"uploadSpeed": 0, "downloadSpeed": 1}, False),
    ],
)
def test_a_peer_that_is_known_to_be_idle_counts_as_handshaking(
    speeds: dict[str, int],
    handshaking: bool,  # noqa: FBT001 - a table
) -> None:
    peer = seen_peer(line(address={"ip": "203.0.113.7"}, **speeds))
    assert peer.handshaking is handshaking


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "JSON"),
        ("[]", "object"),
        ("{}", "peer"),
        ('{"peer": {}}', "address"),
        ('{"peer": {"address": {}}}', "peer.address.ip"),
        ('{"peer": {"address": {"ip": "1.2.3"}}}', "1.2.3"),
        ('{"peer": {"address": {"ip": "1.2.3.4", "port": 65536}}}', "65536"),
        ('{"peer": {"address": {"ip": "1.2.3.4", "port": -1}}}', "-1"),
        ('{"peer": {"address": {"ip": 7}}}', "$.peer.address.ip"),
        ('{"peer": {"address": {"ip": "1.2.3.4"}, "uploaded": "lots"}}', "$.peer.uploaded"),
        ('{"peer": {"address": {"ip": "1.2.3.4"}}, "torrent": {"size": []}}', "$.torrent.size"),
        ('{"peer": {"address": {"ip": "1.2.3.4"}}', "JSON"),
        ("[" * 300_000, "JSON"),
        ("\ud800", "JSON"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, named: str) -> None:
    with pytest.raises(Refused) as caught:
        read_check_line(text)
    assert named in say(caught.value.text)


@given(st.text() | st.binary())
def test_any_line_is_read_or_refused(text: str | bytes) -> None:
    with pytest.raises(Refused):
        read_check_line(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["address", "id", "uploaded", "progress", "flags"]), json_values
    )
)
def test_any_peer_is_read_or_refused(members: dict[str, object]) -> None:
    with suppress(Refused):
        read_check_line(line(**{"address": {"ip": "1.2.3.4"}} | members))


def test_a_decision_is_written_with_its_whole_trace() -> None:
    passed = Verdict(rule="ip-address-blocker", reason=Text("pass"), margin=0.5)
    shadow = Verdict(
        rule="client-name-blacklist", action=Action.BAN, mode=Mode.SHADOW, reason=Text("pass")
    )
    banned = Verdict(
        rule="peer-id-blacklist",
        action=Action.BAN,
        reason=Text("manual-banned"),
        saw=Text("saw-text", {"text": "-XL"}),
        allows=Text("allows-patterns", {"count": 3}),
        data={"rule": {"content": "-XL"}},
    )
    wire = decision_to_wire(merge((passed, shadow, banned), 1000))
    trace = wire.pop("trace")
    assert wire == {
        "action": "BAN",
        "rule": "peer-id-blacklist",
        "reason": "Banned by you",
        "duration_ms": 1000,
    }
    assert [(entry["rule"], entry["mode"], entry["action"]) for entry in trace] == [
        ("ip-address-blocker", "enforce", "NO_ACTION"),
        ("client-name-blacklist", "shadow", "BAN"),
        ("peer-id-blacklist", "enforce", "BAN"),
    ]
    assert trace[0]["margin"] == 0.5
    assert trace[2]["data"] == {"rule": {"content": "-XL"}}
    assert (trace[2]["saw"], trace[2]["allows"]) == ("-XL", "3 patterns")


def test_a_decision_for_nothing_names_no_rule() -> None:
    wire = decision_to_wire(merge((Verdict(rule="x", reason=Text("pass")),), 1000))
    assert (wire["action"], wire["rule"], wire["duration_ms"]) == ("NO_ACTION", None, 0)
    assert wire["reason"] == "Passed"
