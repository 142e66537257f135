"""Writes bans to the database PATH for ever, from the number FIRST on, and prints how far they are stored."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from app.adapters.storage import open_store
from app.domain.ban import Ban
from tests.adapters.storage import examples

AT_ONCE = 7


def numbered(number: int) -> Ban:
    """The ban with this number."""
    return examples.ban(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", since=number)


async def write(path: Path, first: int) -> None:
    """Batches of one to AT_ONCE bans, and other writes between them."""
    store = await open_store(path)
    for size in count():
        bans = [numbered(first + n) for n in range(1 + size % AT_ONCE)]
        await store.commit_bans(bans, ())
        first += len(bans)
        print(first, flush=True)  # noqa: T201 - the parent reads it
        await store.change_owned("one", [ban.prefix for ban in bans], ())


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
