"""A BiglyBT as a whole: what a sweep asks, and what users may change."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from app.adapters.downloaders.turn import LONELY, RESTING
from app.services.errors import NeedsAction, ProtocolMismatch
from app.services.ports import Push, UploadLimits
from tests.adapters.downloaders.biglybt.fake import HASH, FakeBiglyBT, download, fake_biglybt, peer
from tests.adapters.downloaders.biglybt.opened import opened
from tests.adapters.downloaders.simulated import until


def rest(fake: FakeBiglyBT, count: int, *, peers: int) -> list[str]:
    """Torrents that move nothing, each with so many peers."""
    hashes = [f"{number:040x}" for number in range(count)]
    for number, each in enumerate(hashes):
        fake.downloads[each] = download(each)
        fake.peers[each] = [peer(f"36.1.{number}.{host + 1}") for host in range(peers)]
    return hashes


async def test_a_sweep_asks_two_questions_and_those_torrents_that_move() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        rest(fake, 30, peers=2)
        fake.swarm.meet("36.110.0.1")
        await downloader.snapshot()
        for _ in range(2 * LONELY):  # each is found to have peers
            await downloader.snapshot()
        fake.asked.clear()
        requests = [(await downloader.snapshot()).requests for _ in range(RESTING)]
        assert fake.asked.count(HASH) == RESTING
        assert len(fake.asked) == RESTING + 30  # those at rest once each
        assert sum(requests) == RESTING * 3 + 30


async def test_torrents_without_peers_are_asked_rarely_but_never_never() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        hashes = rest(fake, 10, peers=0)
        for _ in range(LONELY):
            await downloader.snapshot()
        assert sorted(each for each in fake.asked if each != HASH) == sorted(hashes)


async def test_its_totals_and_rates_are_in_the_snapshot() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        fake.downloads["c" * 40] = download("c" * 40, rtUploadSpeed=5, rtDownloadSpeed=7)
        snapshot = await downloader.snapshot()
        assert snapshot.all_time_uploaded == 5_000_000
        assert snapshot.all_time_downloaded == 7_000_000
        assert (snapshot.upload_rate, snapshot.download_rate) == (5, 7)
        assert snapshot.received > 0


async def test_private_torrents_are_not_asked_when_they_shall_be_left_alone() -> None:
    async with fake_biglybt() as fake, opened(fake, ignore_private=True) as downloader:
        fake.downloads = {"c" * 40: download("c" * 40, rtUploadSpeed=5, privateTorrent=True)}
        (shown,) = (await downloader.snapshot()).torrents
        assert not shown.judged
        assert not fake.asked


async def test_a_torrent_that_stops_between_two_questions_has_no_peers() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        fake.downloads = {"c" * 40: download("c" * 40, rtUploadSpeed=5)}
        fake.peers["c" * 40] = [peer("36.110.0.1")]
        (shown,) = (await downloader.snapshot()).torrents
        assert len(shown.peers) == 1
        fake.statuses[f"download/{'c' * 40}/peers"] = 404
        (shown,) = (await downloader.snapshot()).torrents
        assert shown.peers == ()


async def test_one_peer_without_an_id_does_not_cost_the_others() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        fake.downloads = {"c" * 40: download("c" * 40, rtUploadSpeed=5)}
        odd: list[dict[str, Any]] = [
            peer("36.110.0.1", peerId=None),
            peer("36.110.0.2") | {"ip": "abc.i2p"},
            peer("36.110.0.3") | {"ip": None},
            peer("36.110.0.4", stats=None),
            peer("36.110.0.5"),
        ]
        fake.peers["c" * 40] = odd
        (shown,) = (await downloader.snapshot()).torrents
        assert [str(each.address.ip) for each in shown.peers] == [
            "36.110.0.1",
            "36.110.0.4",
            "36.110.0.5",
        ]


async def test_a_torrent_at_rest_is_asked_again_when_a_peer_of_it_was_banned() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        hashes = rest(fake, 6, peers=1)
        for _ in range(LONELY):
            await downloader.snapshot()
        wanted = frozenset((ip_network("36.1.3.0/24"),))
        await downloader.apply(
            Push(wanted=wanted, added=wanted, removed=(), owned=wanted, everything=False)
        )
        fake.asked.clear()
        await downloader.snapshot()
        assert hashes[3] in fake.asked


async def test_a_plugin_that_was_started_anew_by_itself_is_a_new_session() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        first = await downloader.connect()
        wanted = frozenset((ip_network("1.2.3.4/32"),))
        await downloader.apply(
            Push(wanted=wanted, added=wanted, removed=(), owned=wanted, everything=False)
        )
        for _ in range(LONELY):
            await downloader.snapshot()
        assert await downloader.connect() == first
        fake.bans.clear()
        for _ in range(LONELY):
            await downloader.snapshot()
        assert (await downloader.connect()).session > first.session


async def test_the_download_limit_is_kept_and_steps_are_whole() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        assert await downloader.upload_limits() == UploadLimits(rate=0)
        await downloader.limit_upload(UploadLimits(rate=10_000))
        assert fake.limits == {"upload": 9, "download": 200}
        await downloader.limit_upload(UploadLimits(rate=3))
        assert fake.limits == {"upload": 1, "download": 200}
        await downloader.limit_upload(UploadLimits(rate=0))
        assert fake.limits == {"upload": 0, "download": 200}


async def test_trackers_of_a_torrent_that_is_gone_are_an_error_in_words() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        with pytest.raises(ProtocolMismatch):
            await downloader.trackers("d" * 40)


async def test_an_answer_of_another_shape_is_no_crash() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        await downloader.connect()
        fake.downloads = {"c" * 40: download("c" * 40, size="much")}
        with pytest.raises(ProtocolMismatch):
            await downloader.snapshot()


async def test_a_plugin_that_went_away_says_so() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        await downloader.snapshot()
        fake.statuses |= {"metadata": 404, "statistics": 404, "downloads": 404}
        with pytest.raises(NeedsAction):
            await downloader.snapshot()


async def test_a_forged_peer_is_gone_within_the_next_moments() -> None:
    async with fake_biglybt() as fake, opened(fake) as downloader:
        fake.swarm.meet("36.110.0.1")
        await until(lambda: fake.swarm.connected, "connected")
        await downloader.snapshot()
        wanted = frozenset((ip_network("36.110.0.0/24"),))
        await downloader.apply(
            Push(wanted=wanted, added=wanted, removed=(), owned=wanted, everything=False)
        )
        assert not fake.swarm.connected
        (shown,) = (await downloader.snapshot()).torrents
        assert shown.peers == ()
