"""The first tables; a frozen copy on purpose, so that later changes of the models do not reach it."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField


def up(_migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    """Make all tables."""

    class Bans(Model):
        prefix = TextField(primary_key=True)
        since = BigIntegerField()
        until = BigIntegerField()
        rule = TextField()
        source = TextField()
        payload = TextField()

        class Meta:
            database = db

    class Torrents(Model):
        id = AutoIncrementField()
        info_hash = TextField(unique=True)
        name = TextField()
        size = BigIntegerField()
        private_torrent = BooleanField()

        class Meta:
            database = db

    class History(Model):
        id = AutoIncrementField()
        ban_at = BigIntegerField()
        unban_at = BigIntegerField()
        unbanned_at = BigIntegerField(null=True)
        ip = TextField()
        port = IntegerField()
        peer_id = TextField(null=True)
        peer_client_name = TextField(null=True)
        peer_uploaded = BigIntegerField(null=True)
        peer_downloaded = BigIntegerField(null=True)
        peer_progress = DoubleField()
        downloader_progress = DoubleField()
        torrent = ForeignKeyField(Torrents, null=True, index=False)
        module_name = TextField()
        flags = TextField(null=True)
        downloader = TextField(null=True)
        source = TextField()
        payload = TextField()

        class Meta:
            database = db
            indexes = (
                (("ban_at",), False),
                (("ip", "ban_at"), False),
                (("module_name", "ban_at"), False),
                (("torrent", "ban_at"), False),
            )

    class Downloaders(Model):
        id = TextField(primary_key=True)
        at = BigIntegerField()
        version = TextField()
        torrents = IntegerField()

        class Meta:
            database = db

    class Owned(Model):
        downloader = TextField()
        prefix = TextField()

        class Meta:
            database = db
            primary_key = CompositeKey("downloader", "prefix")
            without_rowid = True

    class Exceptions(Model):
        id = TextField(primary_key=True)
        prefix = TextField(null=True)
        client = TextField(null=True)
        torrent = TextField(null=True)
        until = BigIntegerField(null=True)
        note = TextField()

        class Meta:
            database = db

    class Metadata(Model):
        k = TextField(primary_key=True)
        v = TextField()

        class Meta:
            database = db

    db.create_tables(
        [Bans, Torrents, History, Downloaders, Owned, Exceptions, Metadata], safe=False
    )
