"""A downloader's settings become a downloader."""

from __future__ import annotations

import dataclasses

import pytest

from app.adapters.downloaders import open_downloader
from app.demo.server import running
from app.demo.swarm import Swarm
from app.domain.address import Translation
from tests.adapters.downloaders.qbittorrent.scripted import settings


async def test_a_qbittorrent_is_opened_without_asking_it_anything() -> None:
    async with running(Swarm(peers=1, torrents=1)) as server:
        downloader = open_downloader(
            settings(server.url), translation=Translation(), clock=lambda: 0
        )
        assert not server.calls
        assert (await downloader.connect()).version == "5.3.0"
        await downloader.close()


def test_an_unknown_kind_is_a_bug() -> None:
    unknown = dataclasses.replace(settings("http://127.0.0.1:1"), type="unheard-of")
    with pytest.raises(ValueError, match="unheard-of"):
        open_downloader(unknown, translation=Translation(), clock=lambda: 0)
