"""The memory of the progress rule."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BlobField,
    CompositeKey,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Make its table."""

    class Progress(Model):
        downloader = TextField()
        torrent = TextField()
        block = BlobField()
        total = BigIntegerField()
        completed = BigIntegerField()
        differences = IntegerField()
        rewinds = IntegerField()
        first_seen = BigIntegerField()
        last_seen = BigIntegerField()
        details = TextField()

        class Meta:
            database = db
            primary_key = CompositeKey("downloader", "torrent", "block")
            without_rowid = True
            indexes = ((("block",), False), (("last_seen",), False))

    db.create_tables([Progress], safe=False)
