"""Exceptions get the scopes peer id, downloader and rule; those of before have none of them."""

from __future__ import annotations

from peewee import SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator, migrate


def up(migrator: SchemaMigrator, _db: SqliteDatabase) -> None:
    """Add the columns."""
    migrate(
        migrator.add_column("exceptions", "peer_id", TextField(null=True)),
        migrator.add_column("exceptions", "downloader", TextField(null=True)),
        migrator.add_column("exceptions", "rule", TextField(null=True)),
    )
