"""Shapes that several routes share."""

from app.api.shapes import banned_peer, banned_torrent, java_text
from app.domain.address import parse_prefix
from tests.domain.examples import UBUNTU, ban


def test_addresses_of_the_history_are_written_as_java_does() -> None:
    assert java_text(parse_prefix("203.0.113.7")) == "203.0.113.7"
    assert java_text(parse_prefix("2001:db8::1")) == "2001:db8:0:0:0:0:0:1"
    assert java_text(parse_prefix("2001:db8::/32")) == "2001:db8:0:0:0:0:0:0/32"
    assert java_text(parse_prefix("203.0.113.0/24")) == "203.0.113.0/24"


def test_a_ban_by_hand_has_the_peer_and_torrent_that_pbh_invents() -> None:
    entry = ban("203.0.113.0/24")
    peer, torrent = banned_peer(entry), banned_torrent(entry)
    assert (peer.id, peer.client_name, peer.flags) == ("-USROPS-", "User Operation", None)
    assert (peer.uploaded, peer.downloaded, peer.address.port) == (0, 0, 0)
    assert peer.address.ip == peer.address.downloader_raw_ip == peer.raw_ip == "203.0.113.0/24"
    assert torrent.id == torrent.hash == "00000000000000000000"
    assert (torrent.name, torrent.size, torrent.progress) == ("User Operation", 0, 0.0)
    assert torrent.name != UBUNTU.name
