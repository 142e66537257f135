"""The bytes that went to banned peers, beside their bans and in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import clamped, prefix_text
from app.adapters.storage.models import Bans
from app.adapters.storage.sql import as_bytes, built, run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.domain.address import InvalidAddress, parse_prefix
from app.services.leakage import BanKey, Leak

# What is stored never falls: a ban that was taken back begins to count anew.
_IN_LIST: Final = (
    "UPDATE bans SET leaked = MAX(COALESCE(leaked, 0), ?) WHERE prefix = ? AND since = ?"
)
_IN_HISTORY: Final = (
    "UPDATE history SET leaked = MAX(COALESCE(leaked, 0), ?) WHERE ip = ? AND ban_at = ?"
)
_LOAD: Final = built(
    Bans.select(as_bytes(Bans.prefix), Bans.since, Bans.leaked).where(Bans.leaked > 0)
)


class SqliteLeaks:
    """Implements `LeakStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def load(self) -> Mapping[BanKey, int]:
        """See `LeakStore`; what cannot be read is left out, as the ban itself is."""
        return await self._thread.run(_load)

    async def save(self, leaks: Sequence[Leak]) -> None:
        """See `LeakStore`."""

        def work(db: SqliteDatabase) -> None:
            rows = [
                (clamped(leak.bytes), prefix_text(leak.prefix), clamped(leak.since))
                for leak in leaks
            ]
            run_many(db, _IN_LIST, rows)
            run_many(db, _IN_HISTORY, rows)

        await self._thread.run(work)


def _load(db: SqliteDatabase) -> dict[BanKey, int]:
    found: dict[BanKey, int] = {}
    for prefix, since, leaked in run(db, _LOAD, (0,)):
        try:
            found[parse_prefix(prefix.decode()), since] = leaked
        except (InvalidAddress, UnicodeDecodeError):
            continue
    return found
