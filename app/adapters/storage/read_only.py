"""Reads the ban list for another process, while the program runs or not, and changes nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from app.adapters.storage import ban_table
from app.adapters.storage.recovery import refuse_newer
from app.adapters.storage.schema import APPLICATION_ID
from app.adapters.storage.thread import translated
from app.domain.ban import Ban
from app.services.errors import StorageError

_PATIENCE: Final = 5.0
"""Seconds to wait for the program while it changes the file."""


def read_bans(path: Path) -> list[Ban]:
    """All entries of the ban list, also those that ended or only disconnect; blocks.

    Raises StorageError when there is no database of ours, it is damaged or a newer version wrote it.
    """
    if not path.is_file():
        raise StorageError(f"no database at {path}")
    with translated(), closing(_connect(path)) as connection:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        if application_id != APPLICATION_ID:
            raise StorageError(f"{path} is not a database of PeerWarden")
        refuse_newer(connection, path)
        return ban_table.read(connection.execute(ban_table.SELECT))


def _connect(path: Path) -> sqlite3.Connection:
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=_PATIENCE)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError:
        connection.close()
        # In a folder where nothing can be written SQLite reads a database only when told that nobody changes it.
        if path.with_name(path.name + "-wal").exists():
            raise
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
    return connection
