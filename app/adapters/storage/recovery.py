"""Looks whether a file is a sound database of ours, and moves it aside when it is not."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from app.adapters.storage.schema import APPLICATION_ID, HISTORY_TABLE, unknown_steps
from app.adapters.storage.thread import words
from app.domain.errors import AppError
from app.domain.reason import Text
from app.services.errors import StorageError

log = logging.getLogger(__name__)

_HEADER: Final = b"SQLite format 3\0"
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE: Final = 0xFF
_COMPANIONS: Final = ("-wal", "-shm", "-journal")
_PATIENCE: Final = 5.0
"""Seconds to wait for another process that reads the file."""


class NewerDatabase(StorageError):
    """A newer PeerWarden wrote the file; it stays as it is."""

    def __init__(self, path: Path) -> None:
        AppError.__init__(self, Text("storage-newer", {"path": str(path)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The database could not be used, so a new one was made."""

    path: Path
    moved_to: Path
    """Where the old file is now."""
    reason: Text
    """Why: `storage-damaged` with SQLite's `detail`, or `storage-foreign`."""


def recover(path: Path, now: datetime) -> Recovered | None:
    """Move `path` aside, dated `now`, unless it is a sound database of ours, empty or missing; blocks.

    Raises NewerDatabase when a newer version wrote it and StorageError when it cannot be looked at or moved; it is
    not touched then.
    """
    reason = _examine(path)
    if reason is None:
        return None
    try:
        moved_to = _move_aside(path, now)
    except OSError as error:
        raise StorageError(str(error)) from error
    log.warning("%s could not be used (%s) and is now %s", path, reason, moved_to)
    return Recovered(path=path, moved_to=moved_to, reason=reason)


def refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    """Raise NewerDatabase when the tables have a shape that this version does not know."""
    if not _tables(connection, HISTORY_TABLE):
        return
    applied = [str(row[0]) for row in connection.execute(f"SELECT name FROM {HISTORY_TABLE}")]  # noqa: S608 - a constant
    if unknown_steps(applied):
        raise NewerDatabase(path)


def _examine(path: Path) -> Text | None:
    """What is wrong with the file; None when nothing is."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(str(error)) from error
    if not header:
        return None
    if (
        header != _HEADER
    ):  # SQLite would take a few bytes for an empty file and delete the log beside it
        return Text("storage-damaged", {"detail": "file is not a database"})
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            return _look(connection, path)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE not in _DAMAGED:
            raise StorageError(words(error)) from error
        return Text("storage-damaged", {"detail": words(error)})


def _look(connection: sqlite3.Connection, path: Path) -> Text | None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        empty = application_id == 0 and not _tables(connection)
        return None if empty else Text("storage-foreign")
    refuse_newer(connection, path)
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return None if found == "ok" else Text("storage-damaged", {"detail": str(found)})


def _tables(connection: sqlite3.Connection, name: str = "%") -> int:
    query = "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE ?"
    return int(connection.execute(query, (name,)).fetchone()[0])


def _move_aside(path: Path, now: datetime) -> Path:
    """Rename the file and what belongs to it; the companions first, so that a kill meanwhile loses none of them."""
    dated = path.with_name(f"{path.name}.damaged-{now:%Y%m%d-%H%M%S}")
    target = dated
    for number in count(2):
        if not any(_named(target, tail).exists() for tail in ("", *_COMPANIONS)):
            break
        target = dated.with_name(f"{dated.name}-{number}")
    for tail in _COMPANIONS:
        companion = _named(path, tail)
        if companion.exists():
            companion.rename(_named(target, tail))
    return path.rename(target)


def _named(path: Path, tail: str) -> Path:
    return path.with_name(path.name + tail)
