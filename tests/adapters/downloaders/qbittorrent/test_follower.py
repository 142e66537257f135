"""Where a look at all torrents is slow, those that move are asked for in between."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.qbittorrent.downloader import QBittorrent
from app.adapters.downloaders.qbittorrent.follower import MANY, WHOLE_EVERY
from app.domain.snapshot import Snapshot, TorrentPeers
from app.domain.torrent import Torrent
from tests.adapters.downloaders.qbittorrent.scripted import Scripted, opened, peer, scripted

A, B, C = "a" * 40, "b" * 40, "c" * 40
PROPERTIES = {"is_private": False, "piece_size": 100, "pieces_have": 10}


def crowded(server: Scripted) -> None:
    """As 4.5.2 with many torrents, of which A moves."""
    server.version = "v4.5.2"
    server.add(A, peer("203.0.113.1"), upspeed=100)
    for number in range(MANY):
        server.add(f"{number:040}")
    server.properties = dict.fromkeys([*server.torrents, B, C], PROPERTIES)


def listed(snapshot: Snapshot, torrent_id: str) -> TorrentPeers | None:
    return next((each for each in snapshot.torrents if each.torrent.id == torrent_id), None)


def torrent(snapshot: Snapshot, torrent_id: str) -> Torrent:
    found = listed(snapshot, torrent_id)
    assert found is not None
    return found.torrent


async def begun(server: Scripted, url: str) -> QBittorrent:
    """One that has just looked at all of them."""
    downloader = opened(url)
    await downloader.snapshot()
    server.calls.clear()
    return downloader


async def test_all_are_looked_at_now_and_then_and_those_that_move_each_time() -> None:
    async with scripted() as (server, url):
        crowded(server)
        downloader = await begun(server, url)
        for _ in range(2 * WHOLE_EVERY):
            await downloader.snapshot()
        assert server.calls["sync/maindata"] == 2
        assert server.calls["torrents/info"] == 2 * WHOLE_EVERY - 2
        assert server.asked.count(A) == 2 * WHOLE_EVERY + 1
        await downloader.close()


async def test_one_that_begins_to_move_or_is_new_is_seen_at_once() -> None:
    async with scripted() as (server, url):
        crowded(server)
        downloader = await begun(server, url)
        server.add(B, peer("203.0.113.2"), upspeed=7, uploaded=70)
        server.torrents["0" * 40] |= {"dlspeed": 5, "num_leechs": 1}
        server.connect("0" * 40, peer("203.0.113.3"))
        snapshot = await downloader.snapshot()
        assert not server.calls["sync/maindata"]
        assert torrent(snapshot, B).uploaded == 70
        assert torrent(snapshot, "0" * 40).download_rate == 5
        assert snapshot.upload_rate == 107
        assert {A, B, "0" * 40} <= set(server.asked)
        await downloader.close()


async def test_one_that_comes_to_rest_is_asked_once_more() -> None:
    async with scripted() as (server, url):
        crowded(server)
        downloader = await begun(server, url)
        await downloader.snapshot()
        server.torrents[A]["upspeed"] = 0
        server.asked.clear()
        snapshot = await downloader.snapshot()
        assert torrent(snapshot, A).upload_rate == 0
        assert A in server.asked
        await downloader.close()


async def test_one_that_was_removed_is_gone_and_stays_gone() -> None:
    async with scripted() as (server, url):
        crowded(server)
        downloader = await begun(server, url)
        del server.torrents[A], server.peers[A], server.properties[A]
        for _ in range(WHOLE_EVERY + 1):
            assert listed(await downloader.snapshot(), A) is None
        await downloader.close()


async def test_changes_in_between_are_not_lost() -> None:
    async with scripted() as (server, url):
        crowded(server)
        downloader = await begun(server, url)
        server.add(C)
        server.torrents["0" * 40]["category"] = "linux"
        server.totals = {"up_info_data": 1, "dl_info_data": 2, "alltime_ul": 3, "alltime_dl": 4}
        for _ in range(WHOLE_EVERY):
            snapshot = await downloader.snapshot()
        assert listed(snapshot, C)
        assert torrent(snapshot, "0" * 40).category == "linux"
        assert snapshot.all_time_uploaded == 3
        await downloader.close()


@pytest.mark.parametrize(("version", "torrents"), [("v4.5.2", MANY - 1), ("v5.0.0", MANY)])
async def test_few_torrents_and_later_versions_are_looked_at_as_a_whole(
    version: str, torrents: int
) -> None:
    async with scripted() as (server, url):
        crowded(server)
        server.version = version
        for number in range(torrents, MANY):
            del server.torrents[f"{number:040}"]
        downloader = await begun(server, url)
        for _ in range(3):
            await downloader.snapshot()
        assert server.calls["sync/maindata"] == 3
        await downloader.close()
