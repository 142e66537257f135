"""Small facts."""

from __future__ import annotations

from pathlib import Path

from app.adapters.storage import SqliteStore, open_store


async def test_facts_survive_a_restart_until_they_are_forgotten(
    store: SqliteStore, path: Path
) -> None:
    await store.facts.remember("a", "1")
    await store.facts.remember("a", "2")
    await store.facts.remember("b", "3")
    await store.close()
    again = await open_store(path)
    try:
        assert await again.facts.recall("a") == "2"
        await again.facts.remember("a", None)
        assert await again.facts.recall("a") is None
        assert await again.facts.recall("b") == "3"
    finally:
        await again.close()
