"""The one thread that touches the database: whoever wants something waits in line, each call is one transaction."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from peewee import PeeweeException, SqliteDatabase

from app.services.errors import StorageError

log = logging.getLogger(__name__)
T = TypeVar("T")

SLICE: Final = 0.002
"""Seconds of work after which the thread lets go of the interpreter."""
_PAUSE: Final = 0.00002


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the database refuses into StorageError."""
    try:
        yield
    except (PeeweeException, sqlite3.Error) as error:
        raise StorageError(words(error)) from error


def words(error: Exception) -> str:
    """What SQLite said, without the wrapping."""
    return str(error.args[-1]) if error.args else type(error).__name__


def unhurried(items: Iterable[T]) -> Iterator[T]:
    """Pass `items` on, with a pause of some 0.1 ms in every 2 ms of work.

    Without it the event loop waits 5 ms, the interpreter's switch interval, each time it wants to go on.
    """
    due = time.perf_counter() + SLICE
    for item in items:
        yield item
        if time.perf_counter() >= due:
            time.sleep(_PAUSE)  # noqa: TID251 - on a thread of its own, to give way to the loop
            due = time.perf_counter() + SLICE


class DatabaseThread:
    """Owns the connection. Calls run one after another in the order they were made."""

    def __init__(self, db: SqliteDatabase) -> None:
        self._db = db
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")
        self._closed = False

    async def open(self, prepare: Callable[[SqliteDatabase], None]) -> None:
        """Connect, then let `prepare` bring the file into shape outside of any transaction."""

        def work() -> None:
            with translated():
                self._db.connect()
                prepare(self._db)

        try:
            await self._submit(work)
        except BaseException:
            await self.close()
            raise

    async def run(
        self,
        work: Callable[[SqliteDatabase], T],
        *,
        undone: Callable[[], None] | None = None,
    ) -> T:
        """Run `work` in one transaction; raises StorageError, and then nothing of it is stored.

        `undone` is called on the thread when the transaction was rolled back. A caller that is cancelled does not
        learn whether its work was stored.
        """

        def whole() -> T:
            try:
                with translated():
                    return self._in_transaction(work)
            except BaseException:
                if undone is not None:
                    undone()
                raise

        if self._closed:
            raise StorageError("the database is closed")
        return await self._submit(whole)

    async def close(self) -> None:
        """Let what waits finish, then disconnect; may be repeated, never raises."""
        if self._closed:
            return
        self._closed = True
        disconnected = self._executor.submit(self._disconnect)
        self._executor.shutdown(wait=False)
        await asyncio.shield(asyncio.wrap_future(disconnected))

    async def _submit(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _in_transaction(self, work: Callable[[SqliteDatabase], T]) -> T:
        self._db.begin("IMMEDIATE")
        try:
            result = work(self._db)
            self._db.commit()
        except BaseException:
            with suppress(PeeweeException):  # SQLite has already rolled back when the disk is full
                self._db.rollback()
            raise
        return result

    def _disconnect(self) -> None:
        try:
            self._db.close()
        except (PeeweeException, sqlite3.Error) as error:
            log.warning("the database did not close cleanly: %s", words(error))
