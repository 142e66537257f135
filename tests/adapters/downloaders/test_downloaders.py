"""A downloader's settings become a downloader."""

from __future__ import annotations

from app.adapters.downloaders import open_downloader
from app.demo.server import running
from app.demo.swarm import Swarm
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.qbittorrent.scripted import settings


async def test_a_qbittorrent_is_opened_without_asking_it_anything() -> None:
    async with running(Swarm(peers=1, torrents=1)) as server:
        downloader = open_downloader(settings(server.url), around=surroundings())
        assert not server.calls
        assert (await downloader.connect()).version == "5.3.0"
        await downloader.close()
