"""What each address gave and took, as rows; implements `PeerRecordStore`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from peewee import SqliteDatabase

from app.adapters.storage.columns import clamped, clean, ip_of, ip_text
from app.adapters.storage.sql import Row, run, run_many
from app.adapters.storage.thread import DatabaseThread
from app.adapters.storage.torrent_table import save_torrents
from app.domain.address import IPAddress
from app.domain.flags import show_flags
from app.services.peer_recording import PeerRecord, PeerReport

_ID_LENGTH: Final = 8
_DELETED_AT_ONCE: Final = 200
_SEARCHED_AT_ONCE: Final = 20_000
"""Rows looked at in one transaction; there is no index on the time, which each write would have to move."""

_UPSERT: Final = """
INSERT INTO peer_records (
    address, port, torrent_id, downloader, peer_id, client_name,
    uploaded, uploaded_offset, upload_speed, downloaded, downloaded_offset, download_speed,
    last_flags, first_time_seen, last_time_seen
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (address, torrent_id, downloader) DO UPDATE SET
    uploaded = uploaded + excluded.uploaded
        - CASE WHEN ? >= uploaded_offset THEN uploaded_offset ELSE 0 END,
    downloaded = downloaded + excluded.downloaded
        - CASE WHEN ? >= downloaded_offset THEN downloaded_offset ELSE 0 END,
    uploaded_offset = excluded.uploaded_offset, downloaded_offset = excluded.downloaded_offset,
    upload_speed = excluded.upload_speed, download_speed = excluded.download_speed,
    port = excluded.port, peer_id = excluded.peer_id, client_name = excluded.client_name,
    last_flags = excluded.last_flags, last_time_seen = excluded.last_time_seen
WHERE excluded.last_time_seen >= last_time_seen
"""
_COUNT: Final = "SELECT COUNT(*) FROM peer_records WHERE address = ?"
_PAGE: Final = """
SELECT r.id, r.address, r.port, t.info_hash, t.name, r.downloader, r.peer_id, r.client_name,
    r.uploaded, r.downloaded, r.upload_speed, r.download_speed, r.last_flags,
    r.first_time_seen, r.last_time_seen
FROM peer_records AS r JOIN torrents AS t ON t.id = r.torrent_id
WHERE r.address = ? ORDER BY r.last_time_seen DESC, r.id DESC LIMIT ? OFFSET ?
"""
_LAST_ID: Final = "SELECT MAX(id) FROM peer_records"
_OLD: Final = """
SELECT id FROM peer_records WHERE id > ? AND id <= ? AND last_time_seen < ? ORDER BY id LIMIT ?
"""
_DELETE: Final = "DELETE FROM peer_records WHERE id = ?"


class SqlitePeerRecords:
    """See `PeerRecordStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def write(self, reports: Sequence[PeerReport]) -> None:
        def work(db: SqliteDatabase) -> None:
            torrents = save_torrents(db, {r.torrent.hash: r.torrent for r in reports}.values())
            # Neighbours of the index together, so that each of its pages is written once.
            ordered = sorted(reports, key=lambda report: report.peer.address.ip.packed)
            run_many(db, _UPSERT, _rows(ordered, torrents))

        await self._thread.run(work)

    async def forget(self, *, before: int) -> int:
        """See `PeerRecordStore`; walks through the table by id."""
        forgotten = after = 0
        while True:
            some, after = await self._thread.run(partial(_forget, before=before, after=after))
            forgotten += some
            if not after:
                return forgotten

    async def of_address(
        self, address: IPAddress, *, offset: int, limit: int
    ) -> tuple[int, Sequence[PeerRecord]]:
        text = ip_text(address)

        def work(db: SqliteDatabase) -> tuple[int, Sequence[PeerRecord]]:
            total = run(db, _COUNT, (text,)).fetchone()[0]
            return total, [_record(row) for row in run(db, _PAGE, (text, limit, offset))]

        return await self._thread.run(work)


def _rows(reports: Sequence[PeerReport], torrents: Mapping[str, int]) -> Iterator[Row]:
    for report in reports:
        peer, up, down = report.peer, report.uploaded, report.downloaded
        yield (
            ip_text(peer.address.ip),
            peer.address.effective.port,
            torrents[clean(report.torrent.hash)],
            clean(report.downloader),
            None if peer.peer_id is None else clean(peer.peer_id[:_ID_LENGTH]),
            None if peer.client_name is None else clean(peer.client_name),
            clamped(up.base + up.more),
            clamped(up.offset),
            clamped(peer.upload_rate),
            clamped(down.base + down.more),
            clamped(down.offset),
            clamped(peer.download_rate),
            None if peer.flags is None else show_flags(peer.flags),
            clamped(report.first_seen),
            clamped(report.last_seen),
            clamped(up.base),
            clamped(down.base),
        )


def _record(row: Sequence[Any]) -> PeerRecord:
    return PeerRecord(
        id=row[0],
        address=ip_of(row[1]),
        port=row[2],
        info_hash=row[3],
        torrent=row[4],
        downloader=row[5],
        peer_id=row[6],
        client_name=row[7],
        uploaded=row[8],
        downloaded=row[9],
        upload_rate=row[10],
        download_rate=row[11],
        flags=row[12] or "",
        first_seen=row[13],
        last_seen=row[14],
    )


def _forget(db: SqliteDatabase, before: int, after: int) -> tuple[int, int]:
    """How many were deleted, and the id to go on after; 0 at the end."""
    last = run(db, _LAST_ID).fetchone()[0] or 0
    until = after + _SEARCHED_AT_ONCE
    old = run(db, _OLD, (after, until, before, _DELETED_AT_ONCE)).fetchall()
    run_many(db, _DELETE, old)
    if len(old) == _DELETED_AT_ONCE:
        return len(old), old[-1][0]
    return len(old), until if until < last else 0
