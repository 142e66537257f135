"""The geographic databases of the data directory: the port, its values, and how a file can be unusable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from app.domain.address import IPAddress
from app.domain.errors import AppError
from app.domain.place import Place, Spot
from app.domain.reason import Text


class GeoKind(Enum):
    """What a database tells; each has a file of its own."""

    CITY = "city"
    """Country and city."""
    ASN = "asn"
    """Whose network it is."""
    GEOCN = "geocn"
    """Chinese divisions, providers and kinds of network."""


class DatabaseUnusable(AppError):
    """A file that is no geographic database of the kind it should be; `why` says in what way."""

    def __init__(self, file: str, why: Text) -> None:
        self.why = why
        super().__init__(Text("place-file-unusable", {"file": file, "why": why}))


class DatabaseFile(Struct, frozen=True, kw_only=True):
    """One file, and what of it is in use."""

    kind: GeoKind
    path: Path
    size: int | None = None
    """Bytes; None when there is no file."""
    changed_at: int | None = None
    """Epoch ms at which it came here, None when there is no file."""
    built: int | None = None
    """Epoch ms at which the database in use was made, None when none is in use."""
    problem: Text | None = None
    """Why the file is not in use; an older one may be."""


class PlaceReader(Protocol):
    """Looks addresses up; never raises, and any thread may call it."""

    def look(self, ip: IPAddress) -> Place:
        """What is known; reads a disk when it was not read lately."""

    def spots(self, ips: Sequence[IPAddress]) -> list[Spot]:
        """What rules look at, for some dozens of addresses at once: many times faster than all that is known."""

    def country_names(self, iso: str) -> Mapping[str, str]:
        """By language tag such as `en` and `zh-CN`, what a country that was looked up before is called."""


class Opened(Struct, frozen=True, kw_only=True):
    """What can be used now."""

    reader: PlaceReader
    files: Mapping[GeoKind, DatabaseFile]
    """Of every kind."""


class PlaceFiles(Protocol):
    """The files; calls block, so services make them in a thread, and one at a time."""

    def target(self, kind: GeoKind) -> Path:
        """Where a download may put its file before `adopt` takes it; raises DatabaseUnusable."""

    def refresh(self) -> Opened:
        """Open what is new in the folder; never raises.

        The reader is the same object when nothing changed. A file that is no good leaves the one before in use.
        """

    def discard(self, kind: GeoKind) -> None:
        """Delete what is at `target`, if anything; never raises."""

    def adopt(self, kind: GeoKind, source: Path) -> None:
        """Put a copy of `source`, which may be packed by xz, in the place of this kind's file.

        Raises DatabaseUnusable, and then nothing changed.
        """
