# ruff: noqa: D106 - `Meta` is how peewee is told about a table
"""The tables, as peewee sees them; what a table means to the program stands in the module that uses it.

The models know no database: they only make SQL, once, which runs on the storage thread.
"""

from __future__ import annotations

from typing import Final

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.sqlite_ext import AutoIncrementField


class Bans(Model):
    """The ban list."""

    prefix = TextField(primary_key=True)
    """Compressed text, a single address without its length; see columns.prefix_text."""
    since = BigIntegerField()
    until = BigIntegerField()
    rule = TextField()
    source = TextField()
    payload = TextField()
    """The evidence as JSON; see codec.py."""
    leaked = BigIntegerField(null=True)
    """Bytes that went to its peers since it was made."""

    class Meta:
        table_name = "bans"


class Torrents(Model):
    """Torrents that were seen, by info hash (reference/rules.md 6.2)."""

    id = AutoIncrementField()
    info_hash = TextField(unique=True)
    name = TextField()
    size = BigIntegerField()
    private_torrent = BooleanField()

    class Meta:
        table_name = "torrents"


class History(Model):
    """Every ban that was no mere disconnect (reference/rules.md 6.3).

    PBH's `rule_name`, `description` and `structured_data` are the title, reason and data of the verdict in `payload`.
    """

    id = AutoIncrementField()
    """Never used twice: submitters remember how far they got."""
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
    leaked = BigIntegerField(null=True)
    """As in Bans."""

    class Meta:
        table_name = "history"
        indexes = (
            (("ban_at",), False),
            (("ip", "ban_at"), False),
            (("module_name", "ban_at"), False),
            (("torrent", "ban_at"), False),
        )


class Downloaders(Model):
    """What a downloader was when it was last seen."""

    id = TextField(primary_key=True)
    at = BigIntegerField()
    version = TextField()
    torrents = IntegerField()

    class Meta:
        table_name = "downloaders"


class Owned(Model):
    """Entries that may be ours in the ban list of a downloader."""

    downloader = TextField()
    prefix = TextField()

    class Meta:
        table_name = "owned"
        primary_key = CompositeKey("downloader", "prefix")
        without_rowid = True


class Exceptions(Model):
    """The user's own exceptions."""

    id = TextField(primary_key=True)
    prefix = TextField(null=True)
    client = TextField(null=True)
    torrent = TextField(null=True)
    until = BigIntegerField(null=True)
    note = TextField()
    peer_id = TextField(null=True)
    downloader = TextField(null=True)
    rule = TextField(null=True)

    class Meta:
        table_name = "exceptions"


class Metadata(Model):
    """Small facts of the program by key (reference/rules.md 6.12)."""

    k = TextField(primary_key=True)
    v = TextField()

    class Meta:
        table_name = "metadata"


class Subscriptions(Model):
    """What is remembered of the last good copy of each remote list (reference/rules.md 6.10)."""

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
        table_name = "subscriptions"
        primary_key = CompositeKey("kind", "rule_id")


class SubscriptionLog(Model):
    """What became of looks at remote lists (reference/rules.md 6.10)."""

    id = AutoIncrementField()
    kind = TextField()
    rule_id = TextField()
    update_time = BigIntegerField()
    count = IntegerField()
    update_type = TextField()
    """`AUTO` or `MANUAL`."""
    result = TextField()
    """A text as JSON."""

    class Meta:
        table_name = "subscription_log"
        indexes = ((("kind", "rule_id", "update_time"), False), (("update_time",), False))


class PeerRecords(Model):
    """What each address gave and took on each torrent (reference/rules.md 6.4)."""

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
        table_name = "peer_records"
        indexes = ((("address", "torrent", "downloader"), True),)


class SessionTracks(Model):
    """The single connections of a day, until it is over (reference/rules.md 6.5)."""

    timeframe_at = BigIntegerField()
    downloader = TextField()
    torrent = ForeignKeyField(Torrents, index=False)
    address = TextField()
    port = IntegerField()
    flags = IntegerField(null=True)
    """The bits of PeerFlags that count."""

    class Meta:
        table_name = "peer_connection_metrics_track"
        primary_key = CompositeKey("timeframe_at", "downloader", "torrent", "address", "port")
        without_rowid = True


class SessionDays(Model):
    """The connections of each day in numbers (reference/rules.md 6.6)."""

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
        table_name = "peer_connection_metrics"
        primary_key = CompositeKey("timeframe_at", "downloader")
        without_rowid = True


class TrackedSwarm(Model):
    """The peers of this run (reference/rules.md 6.7)."""

    id = AutoIncrementField()
    """Never used twice: readers remember how far they got."""
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
        table_name = "tracked_swarm"
        indexes = ((("ip", "port", "info_hash", "downloader"), True),)


class TrafficJournal(Model):
    """What each downloader had sent and received at both ends of a local hour (reference/rules.md 6.9)."""

    timestamp = BigIntegerField()
    downloader = TextField()
    data_overall_uploaded_at_start = BigIntegerField()
    data_overall_uploaded = BigIntegerField()
    data_overall_downloaded_at_start = BigIntegerField()
    data_overall_downloaded = BigIntegerField()

    class Meta:
        table_name = "traffic_journal_v3"
        primary_key = CompositeKey("timestamp", "downloader")
        without_rowid = True


class Progress(Model):
    """What the progress rule remembers of a block of addresses on a torrent (reference/rules.md 6.8)."""

    downloader = TextField()
    torrent = TextField()
    """The id at the downloader."""
    block = BlobField()
    """See progress_table.block_bytes."""
    total = BigIntegerField()
    completed = BigIntegerField()
    differences = IntegerField()
    rewinds = IntegerField()
    first_seen = BigIntegerField()
    last_seen = BigIntegerField()
    details = TextField()
    """The connections that are told apart, as JSON."""

    class Meta:
        table_name = "progress"
        primary_key = CompositeKey("downloader", "torrent", "block")
        without_rowid = True
        indexes = ((("block",), False), (("last_seen",), False))


class ShadowDecisions(Model):
    """What rules in shadow would have banned; one row for each address on a torrent."""

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
    """As in Bans."""

    class Meta:
        table_name = "shadow_decisions"
        indexes = (
            (("rule", "downloader", "torrent", "ip"), True),
            (("rule", "last_at"), False),
            (("last_at",), False),
        )


MODELS: Final[tuple[type[Model], ...]] = (
    Bans,
    Torrents,
    History,
    Downloaders,
    Owned,
    Exceptions,
    Metadata,
    Progress,
    Subscriptions,
    SubscriptionLog,
    PeerRecords,
    SessionTracks,
    SessionDays,
    TrackedSwarm,
    TrafficJournal,
    ShadowDecisions,
)
