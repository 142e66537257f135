"""The peers of this run, as rows; implements `SwarmStore`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import clamped, clean, ip_of, ip_text
from app.adapters.storage.sql import Row, run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.domain.flags import show_flags
from app.services.swarm_tracking import SwarmReport, TrackedPeer

_DELETED_AT_ONCE: Final = 2_000

_UPSERT: Final = """
INSERT INTO tracked_swarm (
    ip, port, info_hash, downloader, torrent_is_private, torrent_size, downloader_progress,
    peer_id, client_name, peer_progress,
    uploaded, uploaded_offset, upload_speed, downloaded, downloaded_offset, download_speed,
    last_flags, first_time_seen, last_time_seen, upload_speed_max, download_speed_max
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (ip, port, info_hash, downloader) DO UPDATE SET
    torrent_is_private = excluded.torrent_is_private, torrent_size = excluded.torrent_size,
    downloader_progress = excluded.downloader_progress, peer_id = excluded.peer_id,
    client_name = excluded.client_name, peer_progress = excluded.peer_progress,
    uploaded = uploaded + excluded.uploaded
        - CASE WHEN ? >= uploaded_offset THEN uploaded_offset ELSE 0 END,
    downloaded = downloaded + excluded.downloaded
        - CASE WHEN ? >= downloaded_offset THEN downloaded_offset ELSE 0 END,
    uploaded_offset = excluded.uploaded_offset, downloaded_offset = excluded.downloaded_offset,
    upload_speed = excluded.upload_speed, download_speed = excluded.download_speed,
    last_flags = excluded.last_flags, last_time_seen = excluded.last_time_seen,
    upload_speed_max = MAX(upload_speed_max, excluded.upload_speed_max),
    download_speed_max = MAX(download_speed_max, excluded.download_speed_max)
"""
_DELETE: Final = (
    "DELETE FROM tracked_swarm WHERE id IN (SELECT id FROM tracked_swarm ORDER BY id LIMIT ?)"
)
_COUNT: Final = "SELECT COUNT(*) FROM tracked_swarm"
_COLUMNS: Final = """
SELECT id, ip, port, info_hash, torrent_is_private, torrent_size, downloader, downloader_progress,
    peer_id, client_name, peer_progress, uploaded, downloaded, upload_speed, download_speed,
    upload_speed_max, download_speed_max, last_flags, first_time_seen, last_time_seen
FROM tracked_swarm
"""
_AFTER: Final = _COLUMNS + "WHERE id > ? ORDER BY id LIMIT ?"
_PAGE: Final = _COLUMNS + "ORDER BY id LIMIT ? OFFSET ?"


class SqliteSwarm:
    """See `SwarmStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def empty(self) -> None:
        while await self._thread.run(_delete_some) == _DELETED_AT_ONCE:
            continue

    async def write(self, reports: Sequence[SwarmReport]) -> None:
        def work(db: SqliteDatabase) -> None:
            # Neighbours of the index together, so that each of its pages is written once.
            ordered = sorted(reports, key=lambda report: report.peer.address.ip.packed)
            run_many(db, _UPSERT, _rows(ordered))

        await self._thread.run(work)

    async def count(self) -> int:
        return int(await self._thread.run(lambda db: run(db, _COUNT).fetchone()[0]))

    async def after(self, row_id: int, *, limit: int) -> Sequence[TrackedPeer]:
        return await self._thread.run(partial(_read, sql=_AFTER, values=(row_id, limit)))

    async def page(self, *, offset: int, limit: int) -> Sequence[TrackedPeer]:
        return await self._thread.run(partial(_read, sql=_PAGE, values=(limit, offset)))


def _delete_some(db: SqliteDatabase) -> int:
    return run(db, _DELETE, (_DELETED_AT_ONCE,)).rowcount


def _read(db: SqliteDatabase, sql: str, values: Row) -> list[TrackedPeer]:
    return [_tracked(row) for row in run(db, sql, values)]


def _rows(reports: Sequence[SwarmReport]) -> Iterator[Row]:
    for report in reports:
        peer, torrent, up, down = report.peer, report.torrent, report.uploaded, report.downloaded
        endpoint = peer.address.effective
        yield (
            ip_text(endpoint.ip),
            endpoint.port,
            clean(torrent.hash),
            clean(report.downloader),
            torrent.private,
            clamped(torrent.size),
            torrent.progress,
            None if peer.peer_id is None else clean(peer.peer_id),
            None if peer.client_name is None else clean(peer.client_name),
            peer.progress,
            clamped(up.base + up.more),
            clamped(up.offset),
            clamped(peer.upload_rate),
            clamped(down.base + down.more),
            clamped(down.offset),
            clamped(peer.download_rate),
            None if peer.flags is None else show_flags(peer.flags),
            clamped(report.first_seen),
            clamped(report.last_seen),
            clamped(report.upload_rate_max),
            clamped(report.download_rate_max),
            clamped(up.base),
            clamped(down.base),
        )


def _tracked(row: Sequence[Any]) -> TrackedPeer:
    return TrackedPeer(
        id=row[0],
        address=ip_of(row[1]),
        port=row[2],
        info_hash=row[3],
        private=bool(row[4]),
        size=row[5],
        downloader=row[6],
        downloader_progress=row[7],
        peer_id=row[8],
        client_name=row[9],
        progress=row[10],
        uploaded=row[11],
        downloaded=row[12],
        upload_rate=row[13],
        download_rate=row[14],
        upload_rate_max=row[15],
        download_rate_max=row[16],
        flags=row[17] or "",
        first_seen=row[18],
        last_seen=row[19],
    )
