"""Small facts of the program by key (reference/rules.md 6.12); implements `Facts`."""

from __future__ import annotations

from functools import partial
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import clean
from app.adapters.storage.sql import run
from app.adapters.storage.thread import DatabaseThread

_GET: Final = "SELECT v FROM metadata WHERE k = ?"
_PUT: Final = "INSERT OR REPLACE INTO metadata (k, v) VALUES (?, ?)"
_DELETE: Final = "DELETE FROM metadata WHERE k = ?"


class SqliteFacts:
    """See `Facts`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def recall(self, key: str) -> str | None:
        row = await self._thread.run(lambda db: run(db, _GET, (key,)).fetchone())
        return None if row is None else str(row[0])

    async def remember(self, key: str, value: str | None) -> None:
        await self._thread.run(partial(_remember, key=key, value=value))


def _remember(db: SqliteDatabase, key: str, value: str | None) -> None:
    if value is None:
        run(db, _DELETE, (key,))
    else:
        run(db, _PUT, (key, clean(value)))
