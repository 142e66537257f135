"""What the progress rule saw at one look at one peer, which is also what it says as data."""

from __future__ import annotations

from typing import Any, Protocol

from typing_extensions import override

from app.domain.lazy_facts import LazyFacts
from app.domain.progress_record import Connection, ProgressRecord
from app.domain.torrent import Torrent


class Limits(Protocol):
    """The settings that stand in the data."""

    @property
    def fast_pcb_test_percentage(self) -> float: ...
    @property
    def rewind_maximum_difference(self) -> float: ...
    @property
    def rewinds_allowed(self) -> int: ...

    def limit_of(self, torrent: Torrent) -> int:
        """Bytes that are not yet excessive, when we never had more of it than now."""


class Shares(LazyFacts, gc=False):
    """Parameters of the text about what was seen; named like the fields, so that it is encoded as a dict would be."""

    reported_share: float
    sent_share: float

    @override
    def facts(self) -> dict[str, float]:
        return {"reported_share": self.reported_share, "sent_share": self.sent_share}


class ProgressLook(LazyFacts, gc=False):
    """Numbers of one look; read as a mapping, they have PBH's names (reference/rules.md 3.6.3)."""

    torrent: Torrent
    at: int
    uploaded: int
    progress: float
    limits: Limits
    last_uploaded: int
    last_progress: float
    increment: int = 0
    charged: int = 0
    """Bytes that count against the peer."""
    here: int = 0
    """Bytes that its address received; those of its block below."""
    total: int = 0
    completed: int = 0
    """The most that we had of the torrent, bytes."""
    small: bool = False
    limit: int = 0
    """Bytes that are not yet excessive."""
    falls: int = 0
    """Of its address, so that another port does not help."""
    first: bool = False
    """Whether the connection is fresh, and so may not have told yet what it has."""
    insists_on: str = ""
    """The reason of the ban that was asked for at the look before, if the connection goes on all the same."""

    def of_many(self, record: ProgressRecord, own: Connection) -> None:
        """Take the numbers of a record that has several connections."""
        here = [each for each in record.connections if each.ip == own.ip]
        self.here = sum(each.received for each in here)
        self.falls = sum(each.falls for each in here)
        record.fold(own, self.torrent.size)
        self.charged = record.charge(own, self.torrent.size)

    @property
    def sent(self) -> float:
        """What it received as a share of the torrent, whose size is known."""
        return self.charged / self.torrent.size

    @property
    def gap(self) -> float:
        """By how much that exceeds what it reports; negative when it reports more."""
        return self.charged / self.torrent.size - self.progress

    @override
    def facts(self) -> dict[str, Any]:
        """PBH's keys; `rewindCount` and `rewindsAllowed` are ours."""
        known = self.torrent.size > 0
        return {
            "torrentSize": self.torrent.size,
            "completedSize": self.torrent.completed_size,
            "computedCompletedSize": self.completed,
            "peerReportUploaded": self.uploaded,
            "peerLastReportUploaded": self.last_uploaded,
            "prefixLastReportUploaded": self.last_uploaded,
            "peerTrackingUploadedIncreaseTotal": self.here,
            "prefixTrackingUploadedIncreaseTotal": self.total,
            "actualUploaded": self.charged,
            "uploadedIncremental": self.increment,
            "fileTooSmall": self.small,
            "fastPcbTestPercentage": self.limits.fast_pcb_test_percentage,
            "computedProgress": self.sent if known else 0.0,
            "clientReportedProgress": self.progress,
            "maxAllowedExcessiveThreshold": self.limit,
            "difference": abs(self.gap) if known else 0.0,
            "peerLastReportProgress": self.last_progress,
            "rangeLastRecordProgress": self.last_progress,
            "lastReportProgress": self.last_progress,
            "rewind": self.last_progress - self.progress,
            "rewindMaximumDifference": self.limits.rewind_maximum_difference,
            "rewindCount": self.falls,
            "rewindsAllowed": self.limits.rewinds_allowed,
        }


class FirstLook(LazyFacts, gc=False):
    """The one look so far at one who is alone in its block, and has received no more than it reports.

    It stands for the record, too, until there is a second look: in a large swarm that is a good deal less.
    """

    torrent: Torrent
    at: int
    uploaded: int
    progress: float
    limits: Limits
    ip: int
    port: int

    @property
    def last_seen(self) -> int:
        """Epoch milliseconds."""
        return self.at

    @property
    def completed(self) -> int:
        """The most that we had of the torrent, bytes."""
        return max(0, self.torrent.completed_size)

    def copy(self) -> ProgressRecord:
        """The record that it comes to."""
        at, sent = self.at, self.uploaded
        own = Connection(self.ip, self.port, at, at, sent, sent, self.progress)
        return ProgressRecord(at, at, [own], sent, (), self.completed)

    @override
    def facts(self) -> dict[str, Any]:
        sent = self.uploaded
        return ProgressLook(
            torrent=self.torrent,
            at=self.at,
            uploaded=sent,
            progress=self.progress,
            limits=self.limits,
            last_uploaded=0,
            last_progress=0.0,
            increment=sent,
            charged=sent,
            here=sent,
            total=sent,
            completed=self.completed,
            limit=self.limits.limit_of(self.torrent),
        ).facts()
