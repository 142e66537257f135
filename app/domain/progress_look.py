"""What the progress rule saw at one look at one peer, which is also what it says as data."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any, Protocol

from msgspec import Struct, StructMeta
from typing_extensions import override

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


class _MappingStruct(StructMeta, ABCMeta):
    """What makes a struct that is a mapping."""


class ProgressLook(Mapping[str, Any], Struct, metaclass=_MappingStruct, gc=False):
    """Numbers of one look; read as a mapping, they have PBH's names (reference/rules.md 3.6.3).

    A dict for each of ten thousand peers would take longer than all the rest, and hardly anybody reads it.
    """

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

    @override
    def __getitem__(self, key: str) -> Any:
        return self.facts()[key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self.facts())

    @override
    def items(self) -> ItemsView[str, Any]:
        return self.facts().items()

    @override
    def values(self) -> ValuesView[Any]:
        return self.facts().values()

    @override
    def __len__(self) -> int:
        return len(self.facts())
