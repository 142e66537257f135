"""Remote lists and the log of their updates."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, IntegerField, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField


def up(_migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Make both tables."""

    class Subscriptions(Model):
        kind = TextField()
        rule_id = TextField()
        url = TextField()
        etag = TextField()
        modified = TextField()
        sha256 = TextField()
        entries = IntegerField()
        updated_at = BigIntegerField()
        checked_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "subscriptions"
            primary_key = CompositeKey("kind", "rule_id")

    class SubscriptionLog(Model):
        id = AutoIncrementField()
        kind = TextField()
        rule_id = TextField()
        update_time = BigIntegerField()
        count = IntegerField()
        update_type = TextField()
        result = TextField()

        class Meta:
            database = db
            table_name = "subscription_log"
            indexes = ((("kind", "rule_id", "update_time"), False), (("update_time",), False))

    db.create_tables([Subscriptions, SubscriptionLog], safe=False)
