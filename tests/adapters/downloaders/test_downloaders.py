"""A downloader's settings become a downloader."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.adapters.downloaders import open_downloader
from app.demo.server import running
from app.demo.swarm import Swarm
from app.settings.downloader import DownloaderSettings
from app.settings.downloader_kind import DOWNLOADER_KINDS
from tests.adapters.downloaders.around import surroundings
from tests.adapters.downloaders.qbittorrent.scripted import settings


async def test_a_qbittorrent_is_opened_without_asking_it_anything() -> None:
    async with running(Swarm(peers=1, torrents=1)) as server:
        downloader = open_downloader(settings(server.url), around=surroundings())
        assert not server.calls
        assert (await downloader.connect()).version == "5.3.0"
        await downloader.close()


@pytest.mark.parametrize("kind", DOWNLOADER_KINDS)
async def test_every_kind_can_be_opened(kind: str) -> None:
    of = DownloaderSettings(id="x", type=kind, endpoint=DOWNLOADER_KINDS[kind].endpoint)
    await open_downloader(of, around=surroundings()).close()


def test_kinds_that_nobody_opened_are_not_loaded() -> None:
    code = "import sys, app.bootstrap; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    modules = set(loaded.stdout.decode().split())
    assert "app.adapters.downloaders.discovery" in modules
    for kind in ("aria2", "biglybt", "bitcomet", "deluge", "qbittorrent", "rtorrent"):
        assert f"app.adapters.downloaders.{kind}" not in modules
    assert not modules & {"Crypto", "httpx_socks", "xmlrpc.client"}
