"""The database: SQLite through peewee, on one thread of its own."""

from app.adapters.storage.lock import AlreadyRunning, directory_lock
from app.adapters.storage.read_only import read_bans
from app.adapters.storage.recovery import NewerDatabase, Recovered
from app.adapters.storage.store import SqliteStore, open_store

__all__ = [
    "AlreadyRunning",
    "NewerDatabase",
    "Recovered",
    "SqliteStore",
    "directory_lock",
    "open_store",
    "read_bans",
]
