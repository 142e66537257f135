"""The connections of each day, single ones and in numbers; implements `SessionStore`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec.structs import asdict
from peewee import SqliteDatabase

from app.adapters.storage.columns import clean, ip_text
from app.adapters.storage.sql import run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.adapters.storage.torrent_table import save_torrents
from app.domain.flags import PeerFlags
from app.services.session_analysis import Counters, Session, SessionDay, SessionKey, count_kinds

_DELETED_AT_ONCE: Final = 1_000
"""They lie side by side, so that many cost little."""

_NAMES: Final = Counters.__struct_fields__
_TRACK: Final = """
INSERT INTO peer_connection_metrics_track
    (timeframe_at, downloader, torrent_id, address, port, flags) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (timeframe_at, downloader, torrent_id, address, port) DO UPDATE SET
    flags = COALESCE(excluded.flags, flags)
"""
_KINDS: Final = """
SELECT downloader, flags, COUNT(*) FROM peer_connection_metrics_track
WHERE timeframe_at = ? GROUP BY downloader, flags
"""
# A clock that was set back could bring sessions of a day whose single ones are gone.
_PUT: Final = f"""
INSERT INTO peer_connection_metrics (timeframe_at, downloader, {", ".join(_NAMES)})
VALUES (?, ?{", ?" * len(_NAMES)})
ON CONFLICT (timeframe_at, downloader) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _NAMES)}
WHERE excluded.total_connections >= total_connections
"""  # noqa: S608 - made of the names of fields
_OPEN_DAYS: Final = """
SELECT DISTINCT timeframe_at FROM peer_connection_metrics_track WHERE timeframe_at < ?
"""
_UNTRACK: Final = """
DELETE FROM peer_connection_metrics_track
WHERE (timeframe_at, downloader, torrent_id, address, port) IN (
    SELECT timeframe_at, downloader, torrent_id, address, port
    FROM peer_connection_metrics_track WHERE timeframe_at < ? LIMIT ?
)
"""
_FORGET: Final = "DELETE FROM peer_connection_metrics WHERE timeframe_at <= ?"
_DAYS: Final = f"""
SELECT timeframe_at, downloader, {", ".join(_NAMES)} FROM peer_connection_metrics
WHERE timeframe_at >= ? AND timeframe_at <= ? ORDER BY timeframe_at, downloader
"""  # noqa: S608 - as above


class SqliteSessions:
    """See `SessionStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def write(self, day: int, sessions: Sequence[tuple[SessionKey, Session]]) -> None:
        def work(db: SqliteDatabase) -> None:
            torrents = save_torrents(db, {s.torrent.hash: s.torrent for _, s in sessions}.values())
            rows = (
                (
                    day,
                    clean(key.downloader),
                    torrents[clean(key.info_hash)],
                    ip_text(key.address),
                    key.port,
                    None if session.flags is None else session.flags.value,
                )
                for key, session in sessions
            )
            run_many(db, _TRACK, rows)

        await self._thread.run(work)

    async def count(self, day: int) -> None:
        await self._thread.run(partial(_count, day=day))

    async def close_days(self, *, before: int) -> None:
        days = await self._thread.run(lambda db: run(db, _OPEN_DAYS, (before,)).fetchall())
        for (day,) in days:
            await self._thread.run(partial(_count, day=day))
        work = partial(_untrack, before=before)
        while days and await self._thread.run(work) == _DELETED_AT_ONCE:
            continue

    async def forget(self, *, before: int) -> int:
        return await self._thread.run(lambda db: run(db, _FORGET, (before,)).rowcount)

    async def days(self, *, since: int, until: int) -> Sequence[SessionDay]:
        def work(db: SqliteDatabase) -> list[SessionDay]:
            return [
                SessionDay(
                    day=day,
                    downloader=downloader,
                    counters=Counters(**dict(zip(_NAMES, counters, strict=True))),
                )
                for day, downloader, *counters in run(db, _DAYS, (since, until))
            ]

        return await self._thread.run(work)


def _count(db: SqliteDatabase, day: int) -> None:
    kinds: defaultdict[str, dict[PeerFlags | None, int]] = defaultdict(dict)
    for downloader, bits, count in run(db, _KINDS, (day,)):
        kinds[downloader][None if bits is None else PeerFlags(bits)] = count
    for downloader, found in kinds.items():
        counters = asdict(count_kinds(found))
        run(db, _PUT, (day, downloader, *(counters[name] for name in _NAMES)))


def _untrack(db: SqliteDatabase, before: int) -> int:
    return run(db, _UNTRACK, (before, _DELETED_AT_ONCE)).rowcount
