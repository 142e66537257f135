"""A BitComet as a whole: what a sweep asks, and what users may change."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.turn import RESTING
from app.services.errors import NotSupported, ProtocolMismatch
from app.services.ports import UploadLimits
from tests.adapters.downloaders.bitcomet.fake import (
    TASK,
    FakeBitComet,
    fake_bitcomet,
    peer,
    summary,
)
from tests.adapters.downloaders.bitcomet.opened import opened
from tests.adapters.downloaders.simulated import until

SUMMARY, PEERS = "api/task/summary/get", "api/task/peers/get"


def rest(fake: FakeBitComet, count: int, *, peers: int) -> list[str]:
    """Tasks that move nothing, each with so many peers."""
    ids = [str(1000 + number) for number in range(count)]
    for number, each in enumerate(ids):
        fake.tasks[each] = summary(infohash=f"{number:040x}")
        fake.peers[each] = [peer(f"36.1.{number}.{host + 1}") for host in range(peers)]
    return ids


async def test_a_sweep_asks_those_that_move_and_the_others_now_and_then() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        rest(fake, 30, peers=2)
        fake.swarm.meet("36.110.0.1")
        for _ in range(2 * RESTING):
            await downloader.snapshot()
        await until(lambda: fake.swarm.total, "moving")
        for _ in range(60):
            await downloader.snapshot()
        fake.asked.clear()
        requests = [(await downloader.snapshot()).requests for _ in range(RESTING)]
        assert fake.asked.count((PEERS, TASK)) == RESTING
        assert fake.asked.count((SUMMARY, TASK)) == 1  # complete: its peers tell its rates
        others = [what for what, task in fake.asked if task != TASK]
        assert others.count(SUMMARY) == others.count(PEERS) == 30
        assert sum(requests) == RESTING + 1 + len(fake.asked)  # lists of tasks, and one count


async def test_tasks_that_are_no_torrents_are_left_out() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        fake.tasks["2"], fake.types["2"] = summary(), "HTTP"
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [TASK]


async def test_its_totals_are_known_from_the_version_on_that_counts_bytes() -> None:
    for version, known in (("2.19", None), ("2.20", 5_000_000), ("2.21", 5_000_000)):
        async with fake_bitcomet() as fake, opened(fake) as downloader:
            fake.version = version
            snapshot = await downloader.snapshot()
            assert snapshot.all_time_uploaded == known
            assert (await downloader.connect()).capabilities.totals == (known is not None)


async def test_a_task_without_peers_has_none() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        (shown,) = (await downloader.snapshot()).torrents
        assert shown.peers == ()


async def test_private_tasks_are_not_asked_when_they_shall_be_left_alone() -> None:
    async with fake_bitcomet() as fake, opened(fake, ignore_private=True) as downloader:
        fake.tasks = {"5": summary(torrent_private=True, upload_rate=9)}
        (shown,) = (await downloader.snapshot()).torrents
        assert not shown.judged
        assert (PEERS, "5") not in fake.asked


async def test_one_summary_that_is_no_summary_does_not_cost_the_others() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        fake.tasks["5"] = {"task": "what"}
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [TASK]
        del fake.tasks[TASK]
        with pytest.raises(ProtocolMismatch):
            await downloader.snapshot()


async def test_one_that_is_removed_between_two_questions_is_left_out() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        fake.tasks["5"] = {"error_code": "TASK_NOT_FOUND"}
        assert [each.torrent.id for each in (await downloader.snapshot()).torrents] == [TASK]


async def test_no_more_than_four_questions_are_open_at_once() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        rest(fake, 40, peers=1)
        fake.pause = 0.005
        await downloader.snapshot()
        assert 1 < fake.most_running <= 4


async def test_a_list_that_never_comes_into_force_begins_a_new_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        first = await downloader.snapshot()
        assert first.torrents

        async def never(_: object) -> bool:
            return False

        monkeypatch.setattr("app.adapters.downloaders.bitcomet.bans.BanWriter.confirm", never)
        await downloader.snapshot()
        assert (await downloader.connect()).session == 2


async def test_the_download_limit_is_kept() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        await downloader.limit_upload(UploadLimits(rate=50_000))
        assert fake.connection["max_upload_speed"] == 50_000
        assert fake.connection["max_download_speed"] == 204_800
        await downloader.limit_upload(UploadLimits(rate=1))
        assert fake.connection["max_upload_speed"] == 1024
        await downloader.limit_upload(UploadLimits(rate=0))
        assert fake.connection["max_upload_speed"] == 0


async def test_a_new_port_is_opened_too() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        fake.connection["enable_listen_tcp"] = False
        await downloader.listen_at(23_456)
        assert fake.connection["enable_listen_tcp"] is True
        assert await downloader.listen_port() == 23_456


async def test_its_trackers_are_told_and_not_changed() -> None:
    async with fake_bitcomet() as fake, opened(fake) as downloader:
        assert await downloader.trackers(TASK) == (
            ("udp://tracker.example:1/announce",),
            ("http://b.example/a",),
        )
        with pytest.raises(NotSupported):
            await downloader.replace_trackers(TASK, ())
