"""Torrents and peers as Transmission tells them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import Raw

from app.adapters.downloaders.effort import Effort
from app.adapters.downloaders.transmission.downloader import Transmission
from app.adapters.downloaders.transmission.torrents import Torrents
from app.adapters.downloaders.transmission.wire import ROW_FIELDS, Details
from app.domain.address import Translation
from app.domain.flags import PeerFlags
from app.domain.snapshot import TorrentPeers
from app.services.errors import ProtocolMismatch
from tests.adapters.downloaders.transmission.fake import FakePeer, FakeTorrent, FakeTransmission


async def only(downloader: Transmission) -> TorrentPeers:
    (found,) = (await downloader.snapshot()).torrents
    return found


async def test_a_sweep_is_one_request_once_torrents_are_known(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.torrents[0].peers = [FakePeer("36.110.0.1")]
    await downloader.snapshot()
    asked = fake.requests
    snapshot = await downloader.snapshot()
    assert (fake.requests - asked, snapshot.requests) == (1, 1)
    assert snapshot.upload_rate == 1000


async def test_a_peer_is_read_with_all_that_is_told(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.torrents[0].peers = [FakePeer("36.110.0.1", port=6881)]
    (peer,) = (await only(downloader)).peers
    assert str(peer.address.ip) == "36.110.0.1"
    assert peer.address.raw.port == 6881
    assert peer.peer_id == "-XL0012-abcdefghijkl"
    assert peer.client_name == "Xunlei 0.0.1.2"
    assert (peer.uploaded, peer.downloaded) == (16_384, 0)
    assert (peer.upload_rate, peer.download_rate) == (200_000, 0)
    assert peer.flags is not None
    assert PeerFlags.UTP_SOCKET in peer.flags
    assert not peer.estimated
    assert not peer.handshaking


@pytest.mark.parametrize("version", ["3.00 (bb6b5a062e)"])
async def test_where_bytes_are_not_counted_they_are_estimated(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.torrents[0].peers = [FakePeer("36.110.0.1")]
    first = (await only(downloader)).peers[0]
    second = (await only(downloader)).peers[0]
    assert first.estimated
    assert first.uploaded == 0
    assert second.uploaded > 0
    assert second.peer_id is None


async def test_what_does_not_change_stays_the_same_object(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    calm, moving = FakePeer("36.110.0.1", pace=0), FakePeer("36.110.0.2")
    fake.torrents[0].peers = [calm, moving]
    before = {str(peer.address.ip): peer for peer in (await only(downloader)).peers}
    after = {str(peer.address.ip): peer for peer in (await only(downloader)).peers}
    assert after["36.110.0.1"] is before["36.110.0.1"]
    assert after["36.110.0.2"] != before["36.110.0.2"]
    fake.torrents[0].peers = [calm]
    assert await only(downloader) is await only(downloader)


async def test_peers_with_addresses_nobody_can_read_are_left_out(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    strange = FakePeer("36.110.0.2", connected=True)
    fake.torrents[0].peers = [FakePeer("36.110.0.1", connected=True), strange]
    for strange.ip in ("", "nonsense", "1.2.3", "1.2.3.4.5"):
        assert len((await only(downloader)).peers) == 1


async def test_a_torrent_is_known_by_its_hash_and_its_details(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    torrent = fake.torrents[0]
    torrent.private, torrent.labels = True, ["one", "two"]
    torrent.trackers = [(1, 0, "https://tracker.example:443/announce/secret-key")]
    found = (await only(downloader)).torrent
    assert found.id == found.hash == "a" * 40
    assert (found.private, found.tags, found.tracker) == (True, ("one", "two"), "tracker.example")
    assert found.seeding


async def test_a_new_torrent_is_asked_for_its_details_alone(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    await downloader.snapshot()
    fake.torrents.append(FakeTorrent(2, "b" * 40))
    snapshot = await downloader.snapshot()
    assert {each.torrent.hash for each in snapshot.torrents} == {"a" * 40, "b" * 40}
    assert fake.named("torrent-get")[-1]["ids"] == [2]
    del fake.torrents[0]
    assert (await only(downloader)).torrent.hash == "b" * 40


async def test_after_a_restart_ids_mean_other_torrents(
    fake: FakeTransmission, downloader: Transmission
) -> None:
    fake.torrents.append(FakeTorrent(2, "b" * 40))
    await downloader.snapshot()
    fake.torrents = [FakeTorrent(1, "b" * 40), FakeTorrent(2, "a" * 40)]
    fake.torrents[0].peers = [FakePeer("36.110.0.1")]
    await fake.stop()
    await fake.start()
    snapshot = await downloader.snapshot()
    counts = {each.torrent.hash: len(each.peers) for each in snapshot.torrents}
    assert counts == {"a" * 40: 0, "b" * 40: 1}


TABLES: list[Any] = [
    {},
    {"torrents": []},
    {"torrents": [["id", "peers"]]},
    {"torrents": [{"id": 1}]},
    {
        "torrents": [
            [*ROW_FIELDS],
            [1, 2, 3],
        ]
    },
]


@pytest.mark.parametrize("table", TABLES)
async def test_another_table_than_was_asked_for_is_no_answer(
    fake: FakeTransmission, downloader: Transmission, table: object
) -> None:
    await downloader.connect()
    fake.broken["torrent-get"] = json.dumps({"result": "success", "arguments": table}).encode()
    with pytest.raises(ProtocolMismatch):
        await downloader.snapshot()


async def test_letters_that_are_none_are_a_wrong_answer() -> None:
    torrents = Torrents(Translation(), ignore_private=False)
    names = Raw(json.dumps(ROW_FIELDS).encode())
    with pytest.raises(ProtocolMismatch):
        await torrents.read([names, Raw(b'["\xff", 0, 0, 0, 0, 0, []]')], Effort())
    peer = b'{"address": "36.110.0.1", "port": 1, "clientName": "\xff"}'
    rows = await torrents.read([names, Raw(b"[1, 0, 0, 0, 0, 0, [%s]]" % peer)], Effort())
    torrents.learn([Details(1, "a" * 40)], everything=True)
    with pytest.raises(ProtocolMismatch):
        await torrents.take(rows, Effort(), counted=True)
