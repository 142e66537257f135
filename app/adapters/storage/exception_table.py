"""The user's own exceptions as rows; all of it runs on the storage thread."""

from __future__ import annotations

from peewee import SqliteDatabase

from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clean, prefix_text, text_of
from app.adapters.storage.models import Exceptions
from app.adapters.storage.sql import Row, as_bytes
from app.domain.address import parse_prefix
from app.domain.peer_exception import PeerException


def load(db: SqliteDatabase) -> list[PeerException]:
    """All of them; a row that cannot be read is reported in the log and left where it is."""
    query = Exceptions.select(
        as_bytes(Exceptions.id),
        as_bytes(Exceptions.prefix),
        as_bytes(Exceptions.client),
        as_bytes(Exceptions.torrent),
        Exceptions.until,
        as_bytes(Exceptions.note),
        as_bytes(Exceptions.peer_id),
        as_bytes(Exceptions.downloader),
        as_bytes(Exceptions.rule),
    )
    found = []
    unreadable = UnreadableRows("exception")
    for row in query.tuples().execute(db):
        try:
            found.append(_entry(row))
        except ValueError as error:
            unreadable.add(row[0], error)
    unreadable.report()
    return found


def save(db: SqliteDatabase, entry: PeerException) -> None:
    """Store one; another of the same id is replaced."""
    row = {
        Exceptions.id: entry.id,
        Exceptions.prefix: None if entry.prefix is None else prefix_text(entry.prefix),
        Exceptions.client: _cleaned(entry.client),
        Exceptions.torrent: _cleaned(entry.torrent),
        Exceptions.peer_id: _cleaned(entry.peer_id),
        Exceptions.downloader: _cleaned(entry.downloader),
        Exceptions.rule: _cleaned(entry.rule),
        Exceptions.until: entry.until,
        Exceptions.note: clean(entry.note),
    }
    kept = [field for field in row if field is not Exceptions.id]
    Exceptions.insert(row).on_conflict(conflict_target=[Exceptions.id], preserve=kept).execute(db)


def delete(db: SqliteDatabase, entry_id: str) -> None:
    """Delete one; nothing happens when there is none."""
    Exceptions.delete().where(Exceptions.id == entry_id).execute(db)


def _entry(row: Row) -> PeerException:
    key, prefix, client, torrent, until, note, peer_id, downloader, rule = row
    if not (until is None or isinstance(until, int)):
        raise UnreadableRow("its end is no number")
    return PeerException(
        id=text_of(key),
        prefix=None if prefix is None else parse_prefix(text_of(prefix)),
        client=_text(client),
        peer_id=_text(peer_id),
        torrent=_text(torrent),
        downloader=_text(downloader),
        rule=_text(rule),
        until=until,
        note=text_of(note),
    )


def _text(column: object) -> str | None:
    return None if column is None else text_of(column)


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)
