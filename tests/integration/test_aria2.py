"""Our adapter against the real aria2, which it watches: the contract of all downloaders, and what only it has.

One daemon serves the whole module; every test finds it running.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.services.clock import wall_clock
from app.services.errors import NeedsAction, NotSupported
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import ARIA2, ARIA2_NEXT
from app.settings.secret import Secret
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import BAD6, GOOD, DownloaderContract, opened, sweep_until
from tests.integration.aria2_daemon import ARIA2S, Aria2Daemon
from tests.integration.daemon_process import Place, Release
from tests.integration.lab import LabOf
from tests.integration.lab_subject import LabSubject
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

Subject = LabSubject[Aria2Daemon]


@pytest.fixture(scope="module", params=ARIA2S, ids=lambda release: release.version)
def shared(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[Aria2Daemon]:
    """One aria2 for all tests."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with Aria2Daemon(release, place) as daemon:
        daemon.seed(torrents[0])
        yield daemon


@pytest.fixture
async def subject(
    shared: Aria2Daemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> AsyncIterator[Subject]:
    if not shared.process.is_running:
        shared.start()
    settings = DownloaderSettings(
        id="lab", type=ARIA2, endpoint=shared.url, token=Secret(shared.secret)
    )
    async with LabSubject(
        lab=LabOf(daemon=shared, torrents=torrents, folder=tmp_path),
        settings=settings,
        around=surroundings(clock=wall_clock),
        wrong=replace(settings, token=Secret("wrong")),
    ) as subject:
        yield subject


class TestAria2(DownloaderContract):
    """Watching only."""


async def test_it_says_that_it_is_watched_only_and_what_to_do(subject: Subject) -> None:
    async with opened(subject) as downloader:
        connection = await downloader.connect()
        assert (connection.product, connection.version) == ("aria2", "1.36.0")
        assert not connection.capabilities.bans
        assert connection.advice is not None
        assert connection.advice.id == "aria2-cannot-ban"
        with pytest.raises(NotSupported):
            await downloader.listen_port()


async def test_it_is_no_aria2next(subject: Subject) -> None:
    async with opened(subject, replace(subject.settings, type=ARIA2_NEXT)) as downloader:
        with pytest.raises(NeedsAction, match="aria2-is-plain"):
            await downloader.connect()


async def test_peers_of_both_families_are_shown_with_id_progress_and_estimated_bytes(
    subject: Subject,
) -> None:
    async with opened(subject) as downloader:
        await downloader.connect()
        await subject.meet(GOOD, BAD6)
        peers = await sweep_until(
            downloader,
            subject,
            lambda found: (
                {GOOD, BAD6} <= set(found)
                and all(peer.uploaded > 0 and peer.progress > 0 for peer in found.values())
            ),
        )
        for peer in peers.values():
            assert peer.peer_id is not None
            assert peer.peer_id.startswith("-XL0012-")
            assert len(peer.peer_id) == 20
            assert peer.estimated
            assert 0 < peer.progress < 0.5
        snapshot = await downloader.snapshot()
        print(f"aria2: {snapshot.requests} requests, {snapshot.received} bytes a sweep")
        assert snapshot.requests == 2
