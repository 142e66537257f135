"""One rTorrent is asked little, and what it says is shown."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from app.adapters.downloaders.turn import RESTING
from app.services.errors import NotSupported, ProtocolMismatch
from app.services.ports import Push, UploadLimits
from tests.adapters.downloaders.rtorrent.fake import HASH, FakeRTorrent, peer, torrent
from tests.adapters.downloaders.rtorrent.opened import NOW, opened

OTHER = "00" * 20


async def test_torrents_and_peers_come_with_two_requests() -> None:
    fake = FakeRTorrent()
    fake.peers[HASH] = [peer("36.110.0.1", up_total=5)]
    fake.torrents[OTHER] = torrent(OTHER)
    fake.peers[OTHER] = [peer("36.110.0.2")]
    async with opened(fake) as downloader:
        await downloader.snapshot()
        for key in fake.peers:
            fake.torrents[key]["up.rate"] = 7
        snapshot = await downloader.snapshot()
        assert snapshot.at == NOW
        assert snapshot.requests == 2
        assert snapshot.received > 0
        assert snapshot.upload_rate == 14
        assert [len(each.peers) for each in snapshot.torrents] == [1, 1]
        assert (snapshot.all_time_uploaded, snapshot.all_time_downloaded) == (None, None)


async def test_a_torrent_that_rests_is_asked_seldom_and_shows_whom_it_showed() -> None:
    fake = FakeRTorrent()
    fake.peers[HASH] = [peer("36.110.0.1")]
    async with opened(fake) as downloader:
        for _ in range(2):
            await downloader.snapshot()
        fake.asked.clear()
        for _ in range(2 * RESTING):
            snapshot = await downloader.snapshot()
            assert len(snapshot.torrents[0].peers) == 1
        assert len(fake.asked) == 2
        fake.peers[HASH].append(peer("36.110.0.2", 2))
        assert len((await downloader.snapshot()).torrents[0].peers) == 2
        fake.peers[HASH].clear()
        fake.asked.clear()
        assert (await downloader.snapshot()).torrents[0].peers == ()
        assert fake.asked == []


async def test_one_that_moves_is_asked_each_time() -> None:
    fake = FakeRTorrent()
    fake.torrents[HASH]["up.rate"] = 1
    fake.peers[HASH] = [peer("36.110.0.1")]
    async with opened(fake) as downloader:
        for uploaded in range(3):
            fake.peers[HASH][0]["up_total"] = uploaded
            assert (await downloader.snapshot()).torrents[0].peers[0].uploaded == uploaded


async def test_a_torrent_that_lost_a_peer_by_our_hand_is_looked_at_again() -> None:
    fake = FakeRTorrent()
    fake.peers[HASH] = [peer("36.110.0.1"), peer("36.110.0.2", 2)]
    async with opened(fake) as downloader:
        for _ in range(3):
            await downloader.snapshot()
        ours = {ip_network("36.110.0.1")}
        await downloader.apply(
            Push(wanted=ours, added=ours, removed=(), owned=ours, everything=True)
        )
        (listed,) = (await downloader.snapshot()).torrents
        assert [str(each.address.ip) for each in listed.peers] == ["36.110.0.2"]


async def test_one_that_is_removed_meanwhile_is_not_shown() -> None:
    fake = FakeRTorrent()
    fake.torrents[OTHER] = torrent("11" * 20)  # is listed, and gone when asked for its peers
    fake.peers[OTHER] = [peer("36.110.0.1")]
    async with opened(fake) as downloader:
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [HASH]


async def test_private_torrents_can_be_left_alone() -> None:
    fake = FakeRTorrent()
    fake.torrents[HASH]["is_private"] = 1
    async with opened(fake, ignore_private=True) as downloader:
        assert not (await downloader.snapshot()).torrents[0].judged


async def test_many_peers_come_in_several_answers() -> None:
    fake = FakeRTorrent()
    for number in range(5):
        key = f"{number:040X}"
        fake.torrents[key] = torrent(key)
        fake.peers[key] = [peer(f"36.110.{number}.{n}", n) for n in range(1, 251)]
    async with opened(fake) as downloader:
        snapshot = await downloader.snapshot()
        # Who it is, torrents, their trackers, peers in two portions.
        assert snapshot.requests == 1 + 1 + 1 + 2
        assert sum(len(each.peers) for each in snapshot.torrents) == 1_250


async def test_a_torrent_is_asked_once_for_its_tracker() -> None:
    fake = FakeRTorrent()
    fake.trackers[HASH] = [
        (0, "http://off.example/announce"),
        (1, "dht://"),
        (1, "https://tracker.example/secret/announce"),
    ]
    fake.torrents[OTHER] = torrent(OTHER)
    fake.trackers[OTHER] = []
    async with opened(fake) as downloader:
        for _ in range(3):
            one, two = (await downloader.snapshot()).torrents
            assert (one.torrent.tracker, two.torrent.tracker) == ("tracker.example", "")
        assert fake.calls["t.multicall"] == 2


async def test_a_limit_is_never_rounded_to_none_nor_higher_than_it_takes() -> None:
    fake = FakeRTorrent()
    async with opened(fake) as downloader:
        for wanted, got in ((1, 1024), (0, 0), (5_000, 4096), (1 << 40, 1 << 30)):
            await downloader.limit_upload(UploadLimits(rate=wanted))
            assert await downloader.upload_limits() == UploadLimits(rate=got)
        fake.limit = "much"  # type: ignore[assignment]  # as a broken one might say
        with pytest.raises(ProtocolMismatch):
            await downloader.upload_limits()


async def test_what_it_cannot_do_is_refused() -> None:
    async with opened(FakeRTorrent()) as downloader:
        for refused in (
            downloader.trackers(HASH),
            downloader.replace_trackers(HASH, ()),
            downloader.listen_port(),
            downloader.listen_at(1),
        ):
            with pytest.raises(NotSupported):
                await refused
