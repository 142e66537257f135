"""One downloader's place: what it told last, and the end of its task."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from app.services import watched_downloader
from app.services.downloader_state import DownloaderState, Status
from app.services.errors import Unreachable
from app.services.events import SweepFailed
from app.services.ports import Connection
from app.services.watched_downloader import WatchedDownloader
from app.settings.downloader import DownloaderSettings
from tests.domain.examples import UBUNTU
from tests.services.fakes import NOW, house
from tests.services.test_sweep import HP, swept


async def test_a_failure_is_told_with_its_time_and_the_next_try(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        it.downloaders["qb"].error = Unreachable("connection refused")
        await swept(it, kind=SweepFailed)
        state = it.core.downloaders.state("qb")
        assert state.problem is not None
        assert state.retry_at is not None
        assert state.retry_at > NOW
        assert state.swept_at == NOW


async def test_one_that_cannot_be_stopped_tells_and_hears_nothing_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watched_downloader, "_END_SECONDS", 0.05)
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        qb.obeys = False
        qb.show(UBUNTU, HP)
        while not it.core.alerts.entries():
            await swept(it)
        asked, free = asyncio.Event(), asyncio.Event()

        async def deaf() -> Connection:
            asked.set()
            while not free.is_set():
                with suppress(asyncio.CancelledError):
                    await free.wait()
            raise asyncio.CancelledError

        qb.connect = deaf  # type: ignore[method-assign]
        it.core.downloaders.sweep_now("qb")
        await asked.wait()
        await it.core.downloaders.remove("qb")
        assert "does not end" in caplog.text
        assert it.core.alerts.entries() == ()
        free.set()


async def test_one_that_is_not_watched_shows_what_it_told_and_has_nothing_to_end() -> None:
    settings = DownloaderSettings(id="qb", name="Home", endpoint="http://127.0.0.1:1", paused=True)
    told = DownloaderState(settings=settings, status=Status.PAUSED, since=NOW)
    it = WatchedDownloader(told)
    await it.end()
    assert it.state == told
