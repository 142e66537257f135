"""The registry of downloaders: add, edit, pause, remove, show."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.address import parse_prefix
from app.domain.errors import NotFound, Refused
from app.services.downloader_state import Status
from app.services.errors import StorageError, Unreachable
from app.services.events import DownloadersChanged
from app.settings.downloader import DownloaderSettings
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import NOW, ScriptedDownloader, house
from tests.services.test_sweep import swept


def settings(id: str, name: str = "", **more: object) -> DownloaderSettings:  # noqa: A002 - the field's name
    return DownloaderSettings(id=id, name=name, endpoint="http://127.0.0.1:1", **more)  # type: ignore[arg-type]


async def test_one_that_is_added_is_watched_and_on_disk(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.downloaders.add(settings("qb", "Home"))
        await swept(it)
        assert it.core.downloaders.state("qb").status is Status.HEALTHY
    async with house(tmp_path) as it:
        assert [s.settings.name for s in it.core.downloaders.states()] == ["Home"]


async def test_a_taken_id_or_name_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    async with house(tmp_path, "qb", "nas") as it:
        before = (tmp_path / "config.yml").read_bytes()
        for wrong in (settings("qb", "Other"), settings("new", "nas")):
            with pytest.raises(Refused):
                await it.core.downloaders.add(wrong)
        with pytest.raises(Refused):
            await it.core.downloaders.edit(settings("qb", "nas"))
        assert (tmp_path / "config.yml").read_bytes() == before


async def test_editing_starts_anew_and_its_old_peers_vanish(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer())
        await swept(it)
        told: list[DownloadersChanged] = []
        it.core.bus.subscribe(DownloadersChanged, told.append)
        it.downloaders["qb"] = ScriptedDownloader(it.clock)
        await it.core.downloaders.edit(settings("qb", "Renamed"))
        assert told[-1].gone == ("qb",)
        assert it.core.downloaders.peers("qb") == ()
        assert it.core.downloaders.state("qb").settings.name == "Renamed"


async def test_o7_pausing_one_stops_it_and_keeps_its_bans(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.bans.ban([parse_prefix("203.0.113.7")])
        await swept(it)
        held = set(it.downloaders["qb"].listed)
        await it.core.downloaders.pause("qb", paused=True)
        assert it.core.downloaders.state("qb").status is Status.PAUSED
        await it.core.bans.ban([parse_prefix("203.0.113.8")])
        assert it.downloaders["qb"].listed == held
        await it.core.downloaders.pause("qb", paused=False)
        await swept(it)
        assert parse_prefix("203.0.113.8") in it.downloaders["qb"].listed


async def test_a_pause_of_all_ends_by_itself(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await it.core.downloaders.pause_all(until=NOW + 10)
        states = [it.core.downloaders.paused]
        await it.core.downloaders.resume_when_due()
        states.append(it.core.downloaders.paused)
        it.clock.now += 10
        await it.core.downloaders.resume_when_due()
        states.append(it.core.downloaders.paused)
        assert states == [True, True, False]
        await swept(it)


async def test_one_that_is_removed_is_gone_from_disk_and_view(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        await it.core.downloaders.remove("qb")
        assert it.core.downloaders.states() == ()
        with pytest.raises(NotFound):
            it.core.downloaders.state("qb")
    async with house(tmp_path) as it:
        assert it.core.downloaders.states() == ()


async def test_the_order_of_the_file_is_kept(tmp_path: Path) -> None:
    async with house(tmp_path, "a", "b", "c") as it:
        await it.core.downloaders.pause("b", paused=True)
        assert [s.settings.id for s in it.core.downloaders.states()] == ["a", "b", "c"]


async def test_a_test_neither_stores_nor_watches(tmp_path: Path) -> None:
    downloaders: dict[str, ScriptedDownloader] = {}
    async with house(tmp_path, downloaders=downloaders) as it:
        connection = await it.core.downloaders.test(settings("new"))
        assert connection.version == "5.3.0"
        assert downloaders["new"].closed
        downloaders["new"].error = Unreachable("connection refused")
        with pytest.raises(Unreachable):
            await it.core.downloaders.test(settings("new"))
        assert it.core.downloaders.states() == ()


async def test_while_all_pause_no_upload_is_shown(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer("203.0.113.8", upload_rate=5000))
        await swept(it)
        assert it.core.statistics.sample().to_good == 5000
        await it.core.downloaders.pause_all()
        assert it.core.statistics.sample().to_good == 0
        state = it.core.downloaders.state("qb")
        assert (state.status, state.upload_rate) == (Status.PAUSED, 0)


async def test_o9_a_pause_of_all_fetches_nothing_and_pushes_once_when_it_ends(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer())
        await swept(it)
        await it.core.downloaders.pause_all()
        asked, pushed = it.downloaders["qb"].connects, len(it.downloaders["qb"].pushes)
        it.core.downloaders.sweep_now()
        await asyncio.sleep(0)
        assert it.downloaders["qb"].connects == asked
        assert len(it.core.downloaders.peers("qb")) == 1
        assert not it.downloaders["qb"].closed
        await it.core.bans.ban([parse_prefix("198.51.100.1")])
        await it.core.downloaders.resume_all()
        await swept(it)
        await swept(it)
        (push,) = it.downloaders["qb"].pushes[pushed:]
        assert not push.everything
        assert parse_prefix("198.51.100.1") in it.downloaders["qb"].listed


async def test_to_resume_what_does_not_pause_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await swept(it)
        await it.core.downloaders.resume_all()
        assert it.core.downloaders.state("qb").status is Status.HEALTHY


async def test_a_pause_during_an_edit_keeps_the_edit(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        edited = replace(it.core.downloaders.state("qb").settings, name="seedbox")
        await asyncio.gather(
            it.core.downloaders.edit(edited), it.core.downloaders.pause("qb", paused=True)
        )
        now = it.core.downloaders.state("qb").settings
        assert (now.name, now.paused) == ("seedbox", True)


async def test_one_that_is_removed_vanishes_from_view_though_the_disk_is_full(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        gone: list[str] = []
        it.core.bus.subscribe(DownloadersChanged, lambda event: gone.extend(event.gone))

        async def refuse(downloader_id: str) -> None:
            raise StorageError("disk full")

        it.store.forget_downloader = refuse  # type: ignore[method-assign]
        with pytest.raises(StorageError):
            await it.core.downloaders.remove("qb")
        assert gone == ["qb"]


async def test_downloaders_that_are_slow_to_leave_leave_together(tmp_path: Path) -> None:
    async with house(tmp_path, "qb", "nas") as it:
        await swept(it, "qb")
        await swept(it, "nas")
        leaving = asyncio.Barrier(2)

        async def leave() -> None:
            await leaving.wait()

        for downloader in it.downloaders.values():
            downloader.close = leave  # type: ignore[method-assign]
        async with asyncio.timeout(5):
            await it.core.downloaders.close()


async def test_of_one_that_is_removed_no_list_stays_and_of_one_that_pauses_it_does(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        shelf = it.core.blocklists
        shelf.open(it.core.settings, "http://127.0.0.1:9898")
        shelf.put("qb", b"a list")
        name = str(shelf.url("qb", near=True)).rpartition("/")[2]
        await it.core.downloaders.pause("qb", paused=True)
        assert shelf.named(name) is not None
        await it.core.downloaders.remove("qb")
        assert shelf.named(name) is None
