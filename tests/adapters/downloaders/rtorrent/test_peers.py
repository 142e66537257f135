"""What rTorrent says becomes torrents and peers."""

from __future__ import annotations

from app.adapters.downloaders.rtorrent.peers import read_peers, read_torrent
from app.adapters.downloaders.rtorrent.wire import PeerRow, TorrentRow
from app.domain.address import Translation


def torrent_row(**changes: object) -> TorrentRow:
    values = {
        "hash": "AB",
        "size": 100,
        "completed": 50,
        "upload_rate": 1,
        "download_rate": 2,
        "uploaded": 3,
        "private": 1,
        "connected": 4,
        "label": "Linux%20ISOs",
        "name": "n",
    }
    return TorrentRow(**{**values, **changes})  # type: ignore[arg-type]  # by name


def peer_row(**changes: object) -> PeerRow:
    values = {
        "id": "2D5142343532302DFF00000000000000000000FE",
        "address": "36.110.0.1",
        "port": 6881,
        "percent": 50,
        "uploaded": 1,
        "upload_rate": 2,
        "downloaded": 3,
        "download_rate": 4,
        "client": "qBittorrent 4.5.2.0",
    }
    return PeerRow(**{**values, **changes})  # type: ignore[arg-type]  # by name


def test_a_torrent_has_its_hash_in_lower_case_and_its_label_in_plain_text() -> None:
    torrent = read_torrent(torrent_row(), "tracker.example")
    assert torrent.tracker == "tracker.example"
    assert (torrent.id, torrent.hash, torrent.category) == ("AB", "ab", "Linux ISOs")
    assert (torrent.progress, torrent.completed_size, torrent.private) == (0.5, 50, True)
    assert not torrent.seeding
    assert read_torrent(torrent_row(completed=100)).seeding
    assert read_torrent(torrent_row(size=0, completed=0)).progress == 0.0


def test_a_peer_has_all_of_its_id() -> None:
    (peer,) = read_peers([peer_row()], Translation())
    assert peer.peer_id == "-QB4520-\xff" + "\0" * 10 + "\xfe"
    assert (peer.client_name, peer.progress) == ("qBittorrent 4.5.2.0", 0.5)
    assert (peer.uploaded, peer.upload_rate, peer.downloaded, peer.download_rate) == (1, 2, 3, 4)
    assert not peer.handshaking
    assert peer.flags is None


def test_brackets_of_ipv6_are_taken_off_and_mapped_addresses_read() -> None:
    rows = [peer_row(address="[240e:3a1::1]"), peer_row(address="[::ffff:36.110.0.1]")]
    assert [str(peer.address.ip) for peer in read_peers(rows, Translation())] == [
        "240e:3a1::1",
        "36.110.0.1",
    ]


def test_nobody_without_an_address_and_no_name_that_is_none() -> None:
    rows = [peer_row(address=""), peer_row(address="here"), peer_row(client="Unknown", id="x")]
    (peer,) = read_peers(rows, Translation())
    assert (peer.client_name, peer.peer_id) == (None, None)


def test_a_client_is_called_what_everybody_calls_it() -> None:
    (peer,) = read_peers([peer_row(client="XeiLun 0.0.1.2")], Translation())
    assert peer.client_name == "Xunlei 0.0.1.2"
