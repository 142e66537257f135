"""Bans and their history say how many bytes went to their peers afterwards; of those of before nobody knows."""

from __future__ import annotations

from peewee import BigIntegerField, SqliteDatabase
from playhouse.migrate import SchemaMigrator, migrate


def up(migrator: SchemaMigrator, _db: SqliteDatabase) -> None:
    """Add the columns."""
    migrate(
        migrator.add_column("bans", "leaked", BigIntegerField(null=True)),
        migrator.add_column("history", "leaked", BigIntegerField(null=True)),
    )
