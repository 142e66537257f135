"""Records of peers, sessions, the swarm and traffic; a frozen copy on purpose, as in the first step."""

from __future__ import annotations

from peewee import (
    AutoField,
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
    """Make the tables."""

    class Torrents(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            table_name = "torrents"

    class PeerRecords(Model):
        id = AutoField()
        address = TextField()
        port = IntegerField()
        torrent = ForeignKeyField(Torrents, index=False)
        downloader = TextField()
        peer_id = TextField(null=True)
        client_name = TextField(null=True)
        uploaded = BigIntegerField()
        uploaded_offset = BigIntegerField()
        upload_speed = BigIntegerField()
        downloaded = BigIntegerField()
        downloaded_offset = BigIntegerField()
        download_speed = BigIntegerField()
        last_flags = TextField(null=True)
        first_time_seen = BigIntegerField()
        last_time_seen = BigIntegerField()

        class Meta:
            database = db
            table_name = "peer_records"
            indexes = ((("address", "torrent", "downloader"), True),)

    class SessionTracks(Model):
        timeframe_at = BigIntegerField()
        downloader = TextField()
        torrent = ForeignKeyField(Torrents, index=False)
        address = TextField()
        port = IntegerField()
        flags = IntegerField(null=True)

        class Meta:
            database = db
            table_name = "peer_connection_metrics_track"
            primary_key = CompositeKey("timeframe_at", "downloader", "torrent", "address", "port")
            without_rowid = True

    class SessionDays(Model):
        timeframe_at = BigIntegerField()
        downloader = TextField()
        total_connections = IntegerField()
        incoming_connections = IntegerField()
        remote_refuse_transfer_to_client = IntegerField()
        remote_accept_transfer_to_client = IntegerField()
        local_refuse_transfer_to_peer = IntegerField()
        local_accept_transfer_to_peer = IntegerField()
        local_not_interested = IntegerField()
        question_status = IntegerField()
        optimistic_unchoke = IntegerField()
        from_dht = IntegerField()
        from_pex = IntegerField()
        from_lsd = IntegerField()
        from_tracker_or_other = IntegerField()
        rc4_encrypted = IntegerField()
        plain_text_encrypted = IntegerField()
        utp_socket = IntegerField()
        tcp_socket = IntegerField()

        class Meta:
            database = db
            table_name = "peer_connection_metrics"
            primary_key = CompositeKey("timeframe_at", "downloader")
            without_rowid = True

    class TrackedSwarm(Model):
        id = AutoIncrementField()
        ip = TextField()
        port = IntegerField()
        info_hash = TextField()
        downloader = TextField()
        torrent_is_private = BooleanField()
        torrent_size = BigIntegerField()
        downloader_progress = DoubleField()
        peer_id = TextField(null=True)
        client_name = TextField(null=True)
        peer_progress = DoubleField()
        uploaded = BigIntegerField()
        uploaded_offset = BigIntegerField()
        upload_speed = BigIntegerField()
        downloaded = BigIntegerField()
        downloaded_offset = BigIntegerField()
        download_speed = BigIntegerField()
        last_flags = TextField(null=True)
        first_time_seen = BigIntegerField()
        last_time_seen = BigIntegerField()
        download_speed_max = BigIntegerField()
        upload_speed_max = BigIntegerField()

        class Meta:
            database = db
            table_name = "tracked_swarm"
            indexes = ((("ip", "port", "info_hash", "downloader"), True),)

    class TrafficJournal(Model):
        timestamp = BigIntegerField()
        downloader = TextField()
        data_overall_uploaded_at_start = BigIntegerField()
        data_overall_uploaded = BigIntegerField()
        data_overall_downloaded_at_start = BigIntegerField()
        data_overall_downloaded = BigIntegerField()

        class Meta:
            database = db
            table_name = "traffic_journal_v3"
            primary_key = CompositeKey("timestamp", "downloader")
            without_rowid = True

    db.create_tables(
        [PeerRecords, SessionTracks, SessionDays, TrackedSwarm, TrafficJournal], safe=False
    )
