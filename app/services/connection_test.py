"""What a connection test is worth telling: what to set where it fails, kind by kind, and what lacks where it works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.reason import Text
from app.services.errors import DownloaderError, NoListener, ProtocolMismatch, TooLate
from app.services.ports import Connection
from app.services.shortcomings import shortcomings
from app.settings.downloader_kind import (
    ARIA2,
    ARIA2_NEXT,
    BIGLYBT,
    BITCOMET,
    DELUGE,
    QBITTORRENT,
    QBITTORRENT_EE,
    RTORRENT,
    TRANSMISSION,
    DownloaderKind,
)

_SWITCH_ON: Final[Mapping[str, str]] = {
    QBITTORRENT: "switch-on-qbittorrent",
    QBITTORRENT_EE: "switch-on-qbittorrent",
    TRANSMISSION: "switch-on-transmission",
    DELUGE: "switch-on-deluge",
    RTORRENT: "switch-on-rtorrent",
    BIGLYBT: "switch-on-biglybt",
    BITCOMET: "switch-on-bitcomet",
    ARIA2_NEXT: "switch-on-aria2next",
    ARIA2: "switch-on-aria2",
}


def with_advice(error: DownloaderError, kind: DownloaderKind) -> DownloaderError | None:
    """`error` with what the user can do about it; None where it says so itself."""
    advice = _advice(error, kind)
    if advice is None:
        return None
    return DownloaderError(Text("failed-with-advice", {"what": error.text, "advice": advice}))


def connected(connection: Connection) -> tuple[Text, ...]:
    """What a connection that works is worth telling: what answers, what it lacks, what would help."""
    found = Text(
        "connected-to", {"product": connection.product, "version": connection.version or "?"}
    )
    advice = () if connection.advice is None else (connection.advice,)
    return (found, *shortcomings(connection.capabilities), *advice)


def _advice(error: DownloaderError, kind: DownloaderKind) -> Text | None:
    match error:
        case NoListener():
            return Text(_SWITCH_ON[kind.key])
        case ProtocolMismatch():
            return Text("other-program", {"kind": kind.name, "example": kind.endpoint})
        case TooLate():
            return Text("no-answer-check")
    return None
