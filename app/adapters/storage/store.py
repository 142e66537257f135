"""The database as the services see it: each call waits for its turn on the storage thread and is one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from peewee import SqliteDatabase

from app.adapters.storage import (
    ban_table,
    downloader_table,
    exception_table,
    history_table,
    schema,
)
from app.adapters.storage.downloader_table import StateTable
from app.adapters.storage.journal_table import SqliteJournal
from app.adapters.storage.leak_table import SqliteLeaks
from app.adapters.storage.metadata_table import SqliteFacts
from app.adapters.storage.peer_record_table import SqlitePeerRecords
from app.adapters.storage.progress_table import SqliteProgress
from app.adapters.storage.recovery import Recovered, recover
from app.adapters.storage.session_table import SqliteSessions
from app.adapters.storage.shadow_table import SqliteShadows
from app.adapters.storage.subscription_table import SqliteSubscriptions
from app.adapters.storage.swarm_table import SqliteSwarm
from app.adapters.storage.thread import DatabaseThread
from app.adapters.storage.torrent_table import TorrentTable
from app.domain.address import Prefix
from app.domain.ban import Ban
from app.domain.peer_exception import PeerException
from app.domain.torrent import Torrent
from app.services.errors import StorageError
from app.services.ports import HistoryRow, LastState

log = logging.getLogger(__name__)

FORGET_AT_ONCE: Final = 200
"""History rows deleted per transaction, so that others get their turn."""

_PATIENCE: Final = 5
"""Seconds to wait for another process that holds the file."""

# With WAL, a kill loses no commit even with less than FULL; FULL also survives a power cut and costs 0.5 ms here.
_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "journal_size_limit": 8 * 1024 * 1024,
}


async def open_store(
    path: Path, *, now: Callable[[], datetime] = lambda: datetime.now().astimezone()
) -> SqliteStore:
    """Open the database at `path`, whose folder exists, or make it; bring its tables up to date.

    A file that is damaged or not ours is moved aside, and `recovered` of the store says so. Raises NewerDatabase for
    the file of a newer version and StorageError when the disk or another program refuses. One process at a time, which
    lock.py sees to.
    """
    recovered = await asyncio.to_thread(recover, path, now())
    db = SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=_PATIENCE, autoconnect=False)
    thread = DatabaseThread(db)
    await thread.open(_bring_up_to_date)
    return SqliteStore(thread, recovered)


def _bring_up_to_date(db: SqliteDatabase) -> None:
    applied = schema.migrate(db)
    if applied:
        log.info("the database was brought up to date: %s", ", ".join(applied))


class SqliteStore:
    """Implements `Store`; made by `open_store`, closed by whoever opened it."""

    def __init__(self, thread: DatabaseThread, recovered: Recovered | None) -> None:
        self._thread = thread
        self._torrents = TorrentTable()
        self._states = StateTable()
        self.subscriptions = SqliteSubscriptions(self._thread)
        self.peer_records = SqlitePeerRecords(self._thread)
        self.sessions = SqliteSessions(self._thread)
        self.swarm = SqliteSwarm(self._thread)
        self.journal = SqliteJournal(self._thread)
        self.facts = SqliteFacts(self._thread)
        self.progress = SqliteProgress(self._thread)
        self.shadows = SqliteShadows(self._thread)
        self.leaks = SqliteLeaks(self._thread)
        self.recovered = recovered
        """What happened to the file that stood there before; None when all was well."""
        self._closing = False

    async def load_bans(self) -> Sequence[Ban]:
        """The whole list. A row that cannot be read is reported in the log and left where it is."""
        return await self._thread.run(ban_table.load)

    async def commit_bans(
        self,
        added: Sequence[Ban],
        removed: Collection[Prefix],
        *,
        undone_at: int | None = None,
        record: bool = True,
    ) -> None:
        """See `BanStore`. What is in both `added` and `removed` ends up in the list.

        An entry that comes back without `record` has its mark in the history taken away.
        """

        def work(db: SqliteDatabase) -> None:
            entries = ban_table.entries(added)
            ban_table.remove(db, removed)
            if undone_at is not None:
                history_table.mark_undone(db, removed, undone_at)
            ban_table.put(db, entries)
            if record:
                history_table.record(db, [entry for entry in entries if not entry.ban.disconnect])
            else:
                history_table.unmark(db, entries)

        await self._thread.run(work)

    async def history(self, *, offset: int, limit: int) -> tuple[int, Sequence[HistoryRow]]:
        """Number of all rows, and a page of them, newest first; an unreadable one is left out."""
        return await self._thread.run(partial(history_table.page, offset=offset, limit=limit))

    async def forget_history(self, *, before: int) -> int:
        """Delete rows banned before `before` (epoch ms), FORGET_AT_ONCE per transaction; returns how many."""
        work = partial(history_table.forget, before=before, limit=FORGET_AT_ONCE)
        forgotten = 0
        while True:
            some = await self._thread.run(work)
            forgotten += some
            if some < FORGET_AT_ONCE:
                return forgotten

    async def load_exceptions(self) -> Sequence[PeerException]:
        """All of the user's own."""
        return await self._thread.run(exception_table.load)

    async def save_exception(self, entry: PeerException) -> None:
        """Store one; another of the same id is replaced."""
        await self._thread.run(partial(exception_table.save, entry=entry))

    async def delete_exception(self, entry_id: str) -> None:
        """Delete one; nothing happens when there is none."""
        await self._thread.run(partial(exception_table.delete, entry_id=entry_id))

    async def owned(self, downloader_id: str) -> Collection[Prefix]:
        """Entries that may be ours in its ban list."""
        return await self._thread.run(partial(downloader_table.owned, downloader=downloader_id))

    async def change_owned(
        self, downloader_id: str, added: Collection[Prefix], removed: Collection[Prefix]
    ) -> None:
        """Remember and forget such entries; one that is both is remembered."""
        work = partial(
            downloader_table.change_owned,
            downloader=downloader_id,
            added=tuple(added),
            removed=tuple(removed),
        )
        await self._thread.run(work)

    async def save_sweep(
        self, downloader_id: str, *, at: int, version: str, torrents: Sequence[Torrent]
    ) -> None:
        """See `DownloaderStore`; what is nothing but a newer `at` is written every ten minutes and on `close`."""
        state = LastState(at=at, version=version, torrents=len(torrents))

        def work(db: SqliteDatabase) -> None:
            self._torrents.save(db, downloader_id, torrents)
            self._states.save(db, downloader_id, state)

        await self._thread.run(work, undone=self._forget_writes)

    async def last_states(self) -> Mapping[str, LastState]:
        """By downloader id, what `save_sweep` was told last."""
        return await self._thread.run(self._states.load)

    async def forget_downloader(self, downloader_id: str) -> None:
        """Forget its state and that entries there are ours; torrents and history stay."""

        def work(db: SqliteDatabase) -> None:
            self._states.delete(db, downloader_id)
            downloader_table.disown_all(db, downloader_id)

        await self._thread.run(work)

    async def close(self) -> None:
        """Let the calls that wait finish, write what was only remembered, close; may be repeated, never raises."""
        if self._closing:
            return
        self._closing = True
        try:
            await self._thread.run(self._states.flush)
        except StorageError as error:
            log.warning("the last states of the downloaders are lost: %s", error)
        finally:
            await self._thread.close()

    def _forget_writes(self) -> None:
        self._torrents.forget()
        self._states.forget_writes()
