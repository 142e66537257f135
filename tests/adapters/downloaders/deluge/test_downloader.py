"""One Deluge as a whole: what a snapshot has and costs, and what a push is."""

from __future__ import annotations

import pytest

from app.services.errors import DownloaderError
from app.services.ports import Push
from tests.adapters.downloaders.contract import BAD, GOOD, Ledger
from tests.adapters.downloaders.deluge.fake import ADAPTER, RATE, SIZE, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened
from tests.adapters.downloaders.simulated import until


async def test_a_snapshot_has_what_deluge_says() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.swarm.meet(GOOD)
        await until(lambda: fake.swarm.total, "data")
        await downloader.connect()
        snapshot = await downloader.snapshot()
        (listed,) = snapshot.torrents
        torrent = listed.torrent
        assert (torrent.name, torrent.size, torrent.completed_size) == ("A torrent", SIZE, SIZE)
        assert (torrent.progress, torrent.tracker) == (1.0, "tracker.example")
        assert torrent.uploaded > 0
        assert snapshot.upload_rate == RATE
        assert snapshot.all_time_uploaded is None
        (peer,) = listed.peers
        assert peer.progress == 0.2305
        assert snapshot.requests == 3
        assert snapshot.received > 0


@pytest.mark.parametrize("allowed", [True, False], ids=["ours", "bundled"])
async def test_two_requests_are_a_sweep(*, allowed: bool) -> None:
    async with fake_deluge() as fake, opened(fake, allow_plugin=allowed) as downloader:
        await downloader.connect()
        assert (await downloader.snapshot()).requests == 2


async def test_peers_of_private_torrents_are_left_alone_if_so_wanted() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake, ignore_private=True) as downloader:
        assert (await downloader.snapshot()).torrents[0].judged
        told = fake._core_get_torrents_status  # noqa: SLF001

        def private(wanted: object, keys: list[str]) -> dict[str, dict[str, object]]:
            return {key: {**each, "private": True} for key, each in told(wanted, keys).items()}

        fake._core_get_torrents_status = private  # type: ignore[method-assign]  # noqa: SLF001
        assert not (await downloader.snapshot()).torrents[0].judged


async def test_nothing_to_change_asks_nothing() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        await downloader.connect()
        asked = len(fake.log)
        nothing = Push(wanted=(), added=(), removed=(), owned=(), everything=False)
        await downloader.apply(nothing)
        assert len(fake.log) == asked


async def test_a_change_is_not_enough_for_a_session_that_has_just_begun() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        first = await downloader.connect()
        ledger = Ledger(first)
        await downloader.apply(ledger.push(everything=True))
        fake.sessions.clear()
        with pytest.raises(DownloaderError):
            await downloader.apply(ledger.push(BAD))
        assert (await downloader.connect()).session == first.session + 1
        fake.sessions.clear()
        await downloader.apply(ledger.push(BAD, everything=True))
        assert fake.adapter_ips == {BAD}
