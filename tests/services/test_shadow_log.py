"""What rules in shadow would have banned is counted, listed and kept."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.verdict import Mode
from app.services.errors import StorageError
from tests.domain.examples import UBUNTU, peer
from tests.services.fakes import NOW, House, MemoryStore, house
from tests.services.test_sweep import HP, swept

NAMES = "client-name-blacklist"


async def watching(it: House) -> None:
    await it.core.rules.set_mode(NAMES, Mode.SHADOW)
    it.downloaders["qb"].show(UBUNTU, HP, peer("203.0.113.8"))
    await swept(it)


async def test_a_would_be_ban_is_listed_with_who_where_and_why(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await watching(it)
        (found,) = await it.core.shadows.recent(NAMES)
        ban = found.ban
        assert (ban.peer, ban.torrent, found.count, found.first_at) == (HP, UBUNTU, 1, NOW)
        assert ban.downloader is not None
        assert (ban.downloader.id, ban.rule, ban.verdict.mode) == ("qb", NAMES, Mode.SHADOW)
        assert ban.until - ban.since == 3 * 86_400_000
        assert it.core.shadows.counts == {NAMES: 1}
        assert len(it.core.ban_list) == 0


async def test_a_peer_counts_once_while_it_stays_and_again_when_it_comes_back(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "qb") as it:
        await watching(it)
        for shown in ([replace(HP, upload_rate=5)], [], [HP]):
            it.clock.now += 5_000
            it.downloaders["qb"].show(UBUNTU, *shown)
            await swept(it)
        (found,) = await it.core.shadows.recent(NAMES)
        assert (found.count, found.first_at, found.ban.since) == (2, NOW, NOW + 15_000)
        assert it.core.shadows.counts[NAMES] == 2


async def test_the_list_survives_a_restart_and_the_count_does_not(tmp_path: Path) -> None:
    store = MemoryStore()
    async with house(tmp_path, "qb", store=store) as it:
        await watching(it)
    async with house(tmp_path, store=store) as it:
        assert len(await it.core.shadows.recent(NAMES)) == 1
        assert not it.core.shadows.counts


async def test_what_is_older_than_thirty_days_is_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path, "qb") as it:
        await watching(it)
        await it.core.shadows.flush()
        it.clock.now += 31 * 86_400_000
        await it.core.shadows.flush()
        assert not await it.core.shadows.recent(NAMES)


async def test_a_full_disk_is_told_once_and_loses_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    async with house(tmp_path, "qb", store=store) as it:
        store.shadows.fails = True
        await watching(it)
        with caplog.at_level(logging.WARNING, "app.services.shadow_log"):
            for _ in range(2):
                await it.core.shadows.flush()
        told = [r for r in caplog.records if r.name == "app.services.shadow_log"]
        assert len(told) == 1
        store.shadows.fails = False
        assert len(await it.core.shadows.recent(NAMES)) == 1


async def test_who_comes_again_while_writing_fails_counts_twice(tmp_path: Path) -> None:
    store = MemoryStore()
    async with house(tmp_path, "qb", store=store) as it:
        refuse = asyncio.Event()

        async def add(_decisions: object) -> None:
            await refuse.wait()
            raise StorageError("disk full")

        works = store.shadows.add
        store.shadows.add = add  # type: ignore[method-assign,assignment]
        await watching(it)
        flushed = it.core.tasks.start(it.core.shadows.flush(), "write")
        await asyncio.sleep(0)
        for shown in ([], [HP]):
            it.downloaders["qb"].show(UBUNTU, *shown)
            await swept(it)
        refuse.set()
        await flushed
        store.shadows.add = works  # type: ignore[method-assign]
        (found,) = await it.core.shadows.recent(NAMES)
        assert found.count == 2
