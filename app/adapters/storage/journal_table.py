"""What each downloader sent and received hour by hour, as rows; implements `JournalStore`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import clamped, clean
from app.adapters.storage.sql import Row, run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.services.traffic_journal import Totals, TrafficHour

_DELETED_AT_ONCE: Final = 200

_PUT: Final = """
INSERT OR REPLACE INTO traffic_journal_v3 (
    timestamp, downloader, data_overall_uploaded_at_start, data_overall_uploaded,
    data_overall_downloaded_at_start, data_overall_downloaded
) VALUES (?, ?, ?, ?, ?, ?)
"""
_COLUMNS: Final = """
SELECT timestamp, downloader, data_overall_uploaded_at_start, data_overall_uploaded,
    data_overall_downloaded_at_start, data_overall_downloaded
FROM traffic_journal_v3
"""
_HOURS: Final = _COLUMNS + "WHERE timestamp >= ? AND timestamp <= ? ORDER BY timestamp, downloader"
_LAST: Final = f"""{_COLUMNS}
WHERE (timestamp, downloader) IN (
    SELECT MAX(timestamp), downloader FROM traffic_journal_v3 GROUP BY downloader
)
"""  # noqa: S608 - made of constants
_FORGET: Final = """
DELETE FROM traffic_journal_v3 WHERE (timestamp, downloader) IN (
    SELECT timestamp, downloader FROM traffic_journal_v3 WHERE timestamp < ? LIMIT ?
)
"""


class SqliteJournal:
    """See `JournalStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def last_hours(self) -> Sequence[TrafficHour]:
        return await self._thread.run(partial(_read, sql=_LAST))

    async def write(self, hours: Sequence[TrafficHour]) -> None:
        rows = [
            (
                hour.at,
                clean(hour.downloader),
                clamped(hour.start.uploaded),
                clamped(hour.end.uploaded),
                clamped(hour.start.downloaded),
                clamped(hour.end.downloaded),
            )
            for hour in hours
        ]
        await self._thread.run(partial(run_many, sql=_PUT, rows=rows))

    async def hours(self, *, since: int, until: int) -> Sequence[TrafficHour]:
        return await self._thread.run(partial(_read, sql=_HOURS, values=(since, until)))

    async def forget(self, *, before: int) -> int:
        def work(db: SqliteDatabase) -> int:
            return run(db, _FORGET, (before, _DELETED_AT_ONCE)).rowcount

        forgotten = 0
        while True:
            some = await self._thread.run(work)
            forgotten += some
            if some < _DELETED_AT_ONCE:
                return forgotten


def _read(db: SqliteDatabase, sql: str, values: Row = ()) -> list[TrafficHour]:
    return [
        TrafficHour(
            at=at, downloader=downloader, start=Totals(up_start, down_start), end=Totals(up, down)
        )
        for at, downloader, up_start, up, down_start, down in run(db, sql, values)
    ]
