"""What rules in shadow would have banned."""

from __future__ import annotations

from peewee import BigIntegerField, IntegerField, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField


def up(_migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Make the table."""

    class ShadowDecisions(Model):
        id = AutoIncrementField()
        rule = TextField()
        downloader = TextField()
        torrent = TextField()
        ip = TextField()
        first_at = BigIntegerField()
        last_at = BigIntegerField()
        until = BigIntegerField()
        count = IntegerField()
        payload = TextField()

        class Meta:
            database = db
            table_name = "shadow_decisions"
            indexes = (
                (("rule", "downloader", "torrent", "ip"), True),
                (("rule", "last_at"), False),
                (("last_at",), False),
            )

    db.create_tables([ShadowDecisions], safe=False)
