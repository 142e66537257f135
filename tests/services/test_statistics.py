"""Counts and samples."""

from pathlib import Path

from msgspec.structs import replace

from app.domain.address import parse_prefix
from tests.domain.examples import UBUNTU, ban, peer
from tests.services.fakes import NOW, house
from tests.services.test_sweep import HP, swept


async def test_upload_is_split_between_good_and_banned_peers(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        qb = it.downloaders["qb"]
        qb.show(
            UBUNTU, peer("203.0.113.8", upload_rate=100), replace(HP, upload_rate=7, uploaded=999)
        )
        await swept(it)
        sample = it.core.statistics.sample()
        assert (sample.to_good, sample.to_banned, sample.bans) == (100, 7, 1)
        assert it.core.statistics.taken == 999
        await swept(it)
        qb.show(UBUNTU, peer("203.0.113.8", upload_rate=40))
        await swept(it)
        sample = it.core.statistics.sample()
        assert (sample.to_good, sample.to_banned, sample.new_bans) == (40, 0, 0)


async def test_a_removed_downloader_uploads_nothing(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        it.downloaders["qb"].show(UBUNTU, peer(upload_rate=100))
        await swept(it)
        await it.core.downloaders.remove("qb")
        assert it.core.statistics.sample().to_good == 0


async def test_samples_are_given_from_a_time_on(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        first = it.core.statistics.sample()
        it.clock.now += 5000
        second = it.core.statistics.sample()
        assert list(it.core.statistics.samples(since=first.at)) == [second]


async def test_bans_and_unbans_are_counted(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.bans.ban([parse_prefix("203.0.113.7")])
        await it.core.bans.unban([parse_prefix("203.0.113.7")])
        assert (it.core.statistics.bans, it.core.statistics.unbans) == (1, 1)


async def test_short_disconnects_are_no_bans_in_force(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.ban_list.add([ban("203.0.113.1", until=NOW * 2, disconnect=True)])
        assert it.core.statistics.sample().bans == 0
        await it.core.ban_list.add([ban("203.0.113.1", until=NOW * 2)])
        assert it.core.statistics.sample().bans == 1
