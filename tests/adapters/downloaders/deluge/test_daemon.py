"""deluge-web is joined with its daemon, or it is said why not."""

from __future__ import annotations

import pytest

from app.adapters.downloaders.deluge.daemon import is_near
from app.adapters.downloaders.deluge.wire import HostWire
from app.services.errors import DownloaderError, NeedsAction, Unreachable
from tests.adapters.downloaders.deluge.fake import ADAPTER, HOST, FakeDeluge, fake_deluge
from tests.adapters.downloaders.deluge.opened import opened


async def failure(fake: FakeDeluge) -> tuple[type[DownloaderError], str]:
    """How connecting ends."""
    async with opened(fake) as downloader:
        with pytest.raises(DownloaderError) as failed:
            await downloader.connect()
        text = failed.value.text
        detail = text.params.get("detail")
        return type(failed.value), text.id if detail is None else getattr(detail, "id", "")


async def test_it_is_joined_when_it_is_not() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        await downloader.connect()
        assert fake.calls["web.connect"] == 1
        await downloader.snapshot()
        assert fake.calls["web.connect"] == 1


async def test_the_one_that_is_online_is_taken() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.hosts = [["off", "192.0.2.1", 58846, "u"], HOST, ["more", "192.0.2.2", 58846, "u"]]
        await downloader.connect()
        assert ("web.connect", [HOST[0]]) in fake.log


async def test_one_that_is_connected_already_stays_so() -> None:
    async with fake_deluge(ADAPTER) as fake, opened(fake) as downloader:
        fake.is_joined = fake.seems_joined = fake.knows_methods = True
        await downloader.connect()
        assert not fake.calls["web.connect"]


async def test_none_online_is_unreachable_with_its_address() -> None:
    async with fake_deluge(ADAPTER) as fake:
        await fake.kill()
        assert await failure(fake) == (Unreachable, "deluge-daemon-offline")


async def test_none_known_needs_an_action() -> None:
    async with fake_deluge(ADAPTER) as fake:
        fake.hosts = []
        assert await failure(fake) == (NeedsAction, "deluge-no-daemon")


async def test_a_refusal_is_told_each_time_and_ends_with_it() -> None:
    async with fake_deluge(ADAPTER) as fake:
        fake.refuses_web = True
        for _ in range(2):  # after the first, deluge-web says that it is connected
            assert await failure(fake) == (NeedsAction, "deluge-daemon-refuses")
        fake.refuses_web = False
        async with opened(fake) as downloader:
            assert (await downloader.connect()).session == 1


@pytest.mark.parametrize(
    ("endpoint", "host", "near"),
    [
        ("http://127.0.0.1:8112", "localhost", True),
        ("http://localhost:8112", "127.0.0.1", True),
        ("http://[::1]:8112", None, True),
        ("http://127.0.0.1:8112", "10.0.0.2", False),
        ("http://10.0.0.2:8112", "127.0.0.1", False),
    ],
)
def test_both_on_this_machine_are_near(endpoint: str, host: str | None, near: bool) -> None:  # noqa: FBT001
    assert is_near(endpoint, None if host is None else HostWire("0", host, 1)) is near
