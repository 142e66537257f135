"""The core as a whole: what it loads first, and its housekeeping."""

from pathlib import Path

from msgspec.structs import replace

from app.adapters.config_files import ConfigFiles
from tests.domain.examples import ban
from tests.services.fakes import NOW, MemoryStore, house
from tests.services.test_sweep import swept


async def test_d1_the_list_is_loaded_before_the_first_push(tmp_path: Path) -> None:
    store = MemoryStore()
    entry = ban("203.0.113.7", until=NOW + 1000)
    store.bans[entry.prefix] = entry
    async with house(tmp_path, "qb", store=store) as it:
        await swept(it)
        assert entry.prefix in it.downloaders["qb"].pushes[0].wanted


async def test_without_persistence_the_list_starts_empty(tmp_path: Path) -> None:
    ConfigFiles(tmp_path).load()
    ConfigFiles(tmp_path).change("config.yml", {("persist", "banlist"): False})
    store = MemoryStore()
    entry = replace(ban("203.0.113.7"), until=NOW + 1000)
    store.bans[entry.prefix] = entry
    async with house(tmp_path, store=store) as it:
        assert len(it.core.ban_list) == 0
    assert not store.bans
