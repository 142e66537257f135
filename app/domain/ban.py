"""One entry of the ban list, with the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from msgspec import Struct

from app.domain.address import IPAddress, Prefix
from app.domain.peer import Peer
from app.domain.torrent import Torrent
from app.domain.verdict import Verdict

FOREVER: Final = 100 * 365 * 24 * 3600 * 1000
"""Milliseconds of a ban without an end: PBH's 100 years, so that its clients get a number."""


class Source(StrEnum):
    """Who wanted the ban."""

    RULE = "rule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloaderRef:
    """A downloader as records name it, also after it is gone."""

    id: str
    name: str
    kind: str
    """PBH's display name of the kind, such as `qBittorrent`."""


class Ban(Struct, frozen=True, kw_only=True, gc=False):
    """A banned address or block; two of the same prefix replace each other."""

    prefix: Prefix
    since: int
    """Epoch milliseconds."""
    until: int
    """Epoch milliseconds; a ban by hand lasts FOREVER from `since`."""
    verdict: Verdict
    """The deciding answer: rule, reason and structured facts."""
    trace: tuple[Verdict, ...] = ()
    source: Source = Source.RULE
    disconnect: bool = False
    """Made only to drop a connection: pushed to downloaders, not shown."""
    raw: IPAddress | None = None
    """The address as the downloader sees it, when translation changed it; listed beside the prefix."""
    downloader: DownloaderRef | None = None
    torrent: Torrent | None = None
    peer: Peer | None = None

    @property
    def rule(self) -> str:
        """Key of the rule that decided."""
        return self.verdict.rule

    @property
    def endless(self) -> bool:
        """Whether it has no end in practice."""
        return self.until - self.since >= FOREVER
