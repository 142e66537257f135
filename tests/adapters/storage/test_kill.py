"""A process that is killed while it writes loses nothing that it had confirmed."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.adapters.storage import open_store, read_bans
from tests.adapters.storage.writer import AT_ONCE, numbered


async def killed_while_writing(path: Path, first: int, chance: random.Random) -> int:
    """Let a process write from number `first` on and kill it; returns the number after the last confirmed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.adapters.storage.writer",
        str(path),
        str(first),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    output = b""
    for _ in range(chance.randrange(8)):
        output += await process.stdout.readline()
    await asyncio.sleep(chance.random() * 0.02)  # some instant of the next batch
    process.kill()
    output += await process.stdout.read()
    await process.wait()
    lines = output.split(b"\n")[:-1]  # the last line may be cut off
    return int(lines[-1]) if lines else first


async def survives(path: Path, kills: int) -> None:
    chance = random.Random(kills)
    confirmed = 0
    for _ in range(kills):
        confirmed = await killed_while_writing(path, confirmed, chance)
        assert confirmed <= len(read_bans(path)) <= confirmed + AT_ONCE

        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store = await open_store(path)
        try:
            assert store.recovered is None
            found = {ban.since: ban for ban in await store.load_bans()}
            total, _page = await store.history(offset=0, limit=1)
        finally:
            await store.close()
        assert found == {number: numbered(number) for number in range(len(found))}
        assert confirmed <= len(found) <= confirmed + AT_ONCE
        assert total >= len(found)
    assert confirmed > kills


async def test_a_kill_at_any_instant_loses_no_confirmed_ban(path: Path) -> None:
    await survives(path, 20)


@pytest.mark.soak
async def test_hundreds_of_kills_lose_no_confirmed_ban(path: Path) -> None:
    await survives(path, 500)
