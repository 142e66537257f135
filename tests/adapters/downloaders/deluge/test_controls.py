"""Limits, trackers and the port, as Deluge takes them."""

from __future__ import annotations

import pytest

from app.services.errors import ProtocolMismatch
from app.services.ports import UploadLimits
from tests.adapters.downloaders.deluge.fake import ADAPTER, HASH, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened


@pytest.mark.parametrize(
    ("told", "rate"), [(-1.0, 0), (0, 0), (None, 0), (12.5, 12_800), (1 / 1024, 1)]
)
async def test_limits_are_told_in_kib(told: float | None, rate: int) -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.config["max_upload_speed"] = told
        assert await downloader.upload_limits() == UploadLimits(rate=rate)


async def test_no_limit_is_minus_one() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        await downloader.limit_upload(UploadLimits(rate=12_800))
        assert fake.config["max_upload_speed"] == 12.5
        await downloader.limit_upload(UploadLimits(rate=0))
        assert fake.config["max_upload_speed"] == -1.0


async def test_tiers_are_told_by_their_number_in_any_order() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.trackers = [
            {"url": "c", "tier": 4},
            {"url": "a", "tier": 0},
            {"url": "d", "tier": 4},
            {"url": "b", "tier": 0},
        ]
        assert await downloader.trackers(HASH) == (("a", "b"), ("c", "d"))
        await downloader.replace_trackers(HASH, (("x",), ("y", "z")))
        assert fake.trackers == [
            {"url": "x", "tier": 0},
            {"url": "y", "tier": 1},
            {"url": "z", "tier": 1},
        ]


async def test_a_torrent_that_is_gone_has_no_trackers_to_tell() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        with pytest.raises(ProtocolMismatch):
            await downloader.trackers("00" * 20)


async def test_one_port_is_set_and_no_other_is_drawn() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        await downloader.listen_at(7_000)
        assert fake.config["listen_ports"] == [7_000, 7_000]
        assert fake.config["random_port"] is False


async def test_a_port_that_is_not_taken_is_told() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake._core_get_listen_port = lambda: 6_881  # type: ignore[method-assign]  # noqa: SLF001
        with pytest.raises(ProtocolMismatch):
            await downloader.listen_at(7_000)
