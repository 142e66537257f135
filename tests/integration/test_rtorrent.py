"""Our adapter against the real rTorrent: the contract of all downloaders, its filter, and the ways to it.

One daemon of each version serves the whole module; every test finds it running and with an empty filter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from ipaddress import ip_address, summarize_address_range
from pathlib import Path

import pytest

from app.domain.address import Prefix
from app.services.clock import wall_clock
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import RTORRENT
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.contract import (
    DownloaderContract,
)
from tests.integration.daemon_process import Place, Release
from tests.integration.lab import LabOf
from tests.integration.lab_subject import ForeignEntries, LabSubject
from tests.integration.rtorrent_daemon import RTORRENTS, RTorrentDaemon
from tests.swarm.torrent import LabTorrent

pytestmark = pytest.mark.daemon

Subject = LabSubject[RTorrentDaemon]
EVERYBODY, NOBODY = "0.0.0.0-255.255.255.255", "255.255.255.255"


@pytest.fixture(scope="module", params=RTORRENTS, ids=lambda release: release.version)
def shared(
    request: pytest.FixtureRequest, place: Place, torrents: tuple[LabTorrent, ...]
) -> Iterator[RTorrentDaemon]:
    """One rTorrent of each version for all tests."""
    release: Release = request.param
    if lack := release.why_not():
        pytest.skip(lack)
    with RTorrentDaemon(release, place) as daemon:
        for torrent in torrents:
            daemon.seed(torrent)
        yield daemon


@pytest.fixture
def lab(
    shared: RTorrentDaemon, torrents: tuple[LabTorrent, ...], tmp_path: Path
) -> LabOf[RTorrentDaemon]:
    """As if it were new."""
    if not shared.process.is_running:
        shared.start()
    if shared.filtered():
        shared.call("ipv4_filter.add_address", "", EVERYBODY, "preferred")
        shared.call("ipv4_filter.add_address", "", NOBODY, "unwanted")
    return LabOf(daemon=shared, torrents=torrents, folder=tmp_path)


def settings_for(endpoint: str) -> DownloaderSettings:
    return DownloaderSettings(id="lab", type=RTORRENT, endpoint=endpoint)


def subject_of(lab: LabOf[RTorrentDaemon], endpoint: str = "") -> Subject:
    daemon = lab.daemon

    def add(entry: Prefix) -> None:
        daemon.call("ipv4_filter.add_address", "", str(entry.network_address), "unwanted")

    def read() -> Collection[Prefix]:
        spans = [line.partition(" ")[0].partition("-") for line in daemon.filtered()]
        return {
            prefix
            for first, _, last in spans
            for prefix in summarize_address_range(ip_address(first), ip_address(last))
        }

    return LabSubject(
        lab=lab,
        settings=settings_for(endpoint or daemon.url),
        around=surroundings(clock=wall_clock),
        foreign_entries=ForeignEntries(add=add, read=read),
    )


@pytest.fixture
async def subject(lab: LabOf[RTorrentDaemon]) -> AsyncIterator[Subject]:
    async with subject_of(lab) as subject:
        yield subject


class TestRTorrent(DownloaderContract):
    """Over SCGI on a port."""
