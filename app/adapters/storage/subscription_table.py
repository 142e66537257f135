"""Remote lists and the log of their updates as rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from peewee import SqliteDatabase

from app.adapters.storage.codec import decode_text, encode_text
from app.adapters.storage.columns import UnreadableRow, UnreadableRows, clamped, clean, text_of
from app.adapters.storage.models import SubscriptionLog, Subscriptions
from app.adapters.storage.sql import Row, as_bytes
from app.adapters.storage.thread import DatabaseThread
from app.services.fetching import Stamp
from app.services.subscription import KeptList, ListKey, ListKind, ListLogRow

_AUTO, _MANUAL = "AUTO", "MANUAL"


class SqliteSubscriptions:
    """Implements `SubscriptionStore`."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread

    async def load(self) -> Sequence[KeptList]:
        """All of them; a row that cannot be read is reported in the log and left where it is."""
        return await self._thread.run(_load)

    async def save(self, kept: KeptList | None, row: ListLogRow | None) -> None:
        """Replace what is remembered of one list, and add to the log."""

        def work(db: SqliteDatabase) -> None:
            if kept is not None:
                _save(db, kept)
            if row is not None:
                _add(db, row)

        await self._thread.run(work)

    async def forget(self, key: ListKey) -> None:
        """Forget a list; its log stays."""

        def work(db: SqliteDatabase) -> None:
            mine = (Subscriptions.kind == key.kind.value) & (Subscriptions.rule_id == clean(key.id))
            Subscriptions.delete().where(mine).execute(db)

        await self._thread.run(work)

    async def log(
        self, key: ListKey | None, *, offset: int, limit: int
    ) -> tuple[int, Sequence[ListLogRow]]:
        """Number of all rows, of one list or of all, and a page of them, newest first."""
        return await self._thread.run(partial(_page, key=key, offset=offset, limit=limit))

    async def forget_log(self, *, before: int) -> None:
        """Delete rows older than `before` (epoch ms)."""

        def work(db: SqliteDatabase) -> None:
            SubscriptionLog.delete().where(SubscriptionLog.update_time < before).execute(db)

        await self._thread.run(work)


def _load(db: SqliteDatabase) -> list[KeptList]:
    query = Subscriptions.select(
        as_bytes(Subscriptions.kind),
        as_bytes(Subscriptions.rule_id),
        as_bytes(Subscriptions.url),
        as_bytes(Subscriptions.etag),
        as_bytes(Subscriptions.modified),
        as_bytes(Subscriptions.sha256),
        Subscriptions.entries,
        Subscriptions.updated_at,
        Subscriptions.checked_at,
    )
    found = []
    unreadable = UnreadableRows("remote list")
    for row in query.tuples().execute(db):
        try:
            found.append(_kept(row))
        except ValueError as error:
            unreadable.add(row[1], error)
    unreadable.report()
    return found


def _kept(row: Row) -> KeptList:
    kind, key, url, etag, modified, sha256, *numbers = row
    entries, updated_at, checked_at = (_whole(number) for number in numbers)
    return KeptList(
        key=_key(kind, key),
        url=text_of(url),
        stamp=Stamp(etag=text_of(etag), modified=text_of(modified)),
        sha256=text_of(sha256),
        entries=entries,
        updated_at=updated_at,
        checked_at=checked_at,
    )


def _save(db: SqliteDatabase, kept: KeptList) -> None:
    query = Subscriptions.insert(
        kind=kept.key.kind.value,
        rule_id=clean(kept.key.id),
        url=clean(kept.url),
        etag=clean(kept.stamp.etag),
        modified=clean(kept.stamp.modified),
        sha256=kept.sha256,
        entries=kept.entries,
        updated_at=clamped(kept.updated_at),
        checked_at=clamped(kept.checked_at),
    )
    query.on_conflict_replace().execute(db)


def _add(db: SqliteDatabase, row: ListLogRow) -> None:
    SubscriptionLog.insert(
        kind=row.key.kind.value,
        rule_id=clean(row.key.id),
        update_time=clamped(row.at),
        count=row.entries,
        update_type=_MANUAL if row.manual else _AUTO,
        result=encode_text(row.result),
    ).execute(db)


def _page(
    db: SqliteDatabase, key: ListKey | None, offset: int, limit: int
) -> tuple[int, list[ListLogRow]]:
    query = SubscriptionLog.select(
        as_bytes(SubscriptionLog.kind),
        as_bytes(SubscriptionLog.rule_id),
        SubscriptionLog.update_time,
        SubscriptionLog.count,
        as_bytes(SubscriptionLog.update_type),
        as_bytes(SubscriptionLog.result),
    )
    if key is not None:
        query = query.where(
            (SubscriptionLog.kind == key.kind.value) & (SubscriptionLog.rule_id == clean(key.id))
        )
    newest = query.order_by(SubscriptionLog.update_time.desc(), SubscriptionLog.id.desc())
    found = []
    unreadable = UnreadableRows("row of a remote list's log")
    for row in newest.offset(offset).limit(limit).tuples().execute(db):
        try:
            found.append(_log_row(row))
        except ValueError as error:
            unreadable.add(row[1], error)
    unreadable.report()
    return query.count(db), found


def _log_row(row: Row) -> ListLogRow:
    kind, key, at, count, update_type, result = row
    return ListLogRow(
        key=_key(kind, key),
        at=_whole(at),
        entries=_whole(count),
        manual=text_of(update_type) == _MANUAL,
        result=decode_text(result),
    )


def _key(kind: object, key: object) -> ListKey:
    return ListKey(ListKind(text_of(kind)), text_of(key))


def _whole(column: object) -> int:
    if not isinstance(column, int):
        raise UnreadableRow("a number is missing")
    return column
