"""The bans that were, as rows; all of it runs on the storage thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from peewee import SQL, SqliteDatabase, fn

from app.adapters.storage.ban_table import Entry
from app.adapters.storage.codec import BanDecoder
from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clamped, clean, prefix_text
from app.adapters.storage.models import History
from app.adapters.storage.sql import Row, as_bytes, built, insertion, run, run_many
from app.adapters.storage.torrent_table import save_torrents
from app.domain.address import Prefix
from app.domain.flags import show_flags
from app.services.ports import HistoryRow

_INSERT: Final = built(
    insertion(
        History,
        History.ban_at,
        History.unban_at,
        History.ip,
        History.port,
        History.peer_id,
        History.peer_client_name,
        History.peer_uploaded,
        History.peer_downloaded,
        History.peer_progress,
        History.downloader_progress,
        History.torrent,
        History.module_name,
        History.flags,
        History.downloader,
        History.source,
        History.payload,
    )
)
_Old: Final = History.alias("old")
_NEWEST: Final = (
    _Old.select(_Old.id)
    .where(_Old.ip == "")
    .order_by(_Old.ban_at.desc(), _Old.id.desc())
    .limit(SQL("1"))
)
_MARK: Final = built(
    History.update({History.unbanned_at: 0}).where(
        (History.id << _NEWEST) & History.unbanned_at.is_null() & (History.unban_at > 0)
    )
)
_UNMARK: Final = built(
    History.update({History.unbanned_at: SQL("NULL")}).where(
        (History.ip == "") & (History.ban_at == 0)
    )
)
_COUNT: Final = built(History.select(fn.COUNT(SQL("*"))))
_PAGE: Final = built(
    History.select(
        History.id,
        History.unbanned_at,
        as_bytes(History.ip),
        History.ban_at,
        History.unban_at,
        as_bytes(History.source),
        as_bytes(History.payload),
        History.leaked,
    )
    .order_by(History.ban_at.desc(), History.id.desc())
    .limit(1)
    .offset(1)
)
_OLDEST: Final = _Old.select(_Old.id).where(_Old.ban_at < 1).order_by(_Old.ban_at).limit(1)
_FORGET: Final = built(History.delete().where(History.id << _OLDEST))


def record(db: SqliteDatabase, bans: Sequence[Entry]) -> None:
    """Add bans, and their torrents."""
    torrents = save_torrents(db, (e.ban.torrent for e in bans if e.ban.torrent is not None))
    run_many(db, _INSERT, (_row(entry, torrents) for entry in bans))


def mark_undone(db: SqliteDatabase, prefixes: Iterable[Prefix], at: int) -> None:
    """The newest ban of each prefix ended at `at` (epoch ms), unless it was over by then."""
    run_many(db, _MARK, ((at, prefix_text(prefix), at) for prefix in prefixes))


def unmark(db: SqliteDatabase, bans: Iterable[Entry]) -> None:
    """These bans stand again: what undid them was taken back."""
    run_many(db, _UNMARK, ((entry.key, clamped(entry.ban.since)) for entry in bans))


def page(db: SqliteDatabase, offset: int, limit: int) -> tuple[int, list[HistoryRow]]:
    """Number of all rows, and a page of them, newest first; one that cannot be read is left out and logged."""
    decoder = BanDecoder()
    found = []
    unreadable = UnreadableRows("history row")
    total = run(db, _COUNT).fetchone()[0]
    for key, unbanned_at, *columns, leaked in run(db, _PAGE, (limit, offset)):
        try:
            ban = decoder.ban(*columns)
        except UnreadableRow as error:
            unreadable.add(key, error)
        else:
            found.append(HistoryRow(id=key, ban=ban, unbanned_at=unbanned_at, leaked=leaked or 0))
    unreadable.report()
    return total, found


def forget(db: SqliteDatabase, before: int, limit: int) -> int:
    """Delete the oldest `limit` rows banned before `before` (epoch ms); returns how many there were."""
    return int(run(db, _FORGET, (before, limit)).rowcount)


def _row(entry: Entry, torrents: dict[str, int]) -> Row:
    ban = entry.ban
    peer, torrent = ban.peer, ban.torrent
    seen: Row = (0, None, None, None, None, 0.0)
    if peer is not None:
        seen = (
            peer.address.effective.port,
            None if peer.peer_id is None else clean(peer.peer_id),
            None if peer.client_name is None else clean(peer.client_name),
            None if peer.uploaded < 0 else clamped(peer.uploaded),
            None if peer.downloaded < 0 else clamped(peer.downloaded),
            peer.progress,
        )
    return (
        clamped(ban.since),
        clamped(ban.until),
        entry.key,
        *seen,
        0.0 if torrent is None else torrent.progress,
        None if torrent is None else torrents[clean(torrent.hash)],
        clean(ban.rule),
        None if peer is None or peer.flags is None else show_flags(peer.flags),
        None if ban.downloader is None else clean(ban.downloader.id),
        ban.source.value,
        entry.payload,
    )
